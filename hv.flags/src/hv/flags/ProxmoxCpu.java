package hv.flags;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What a line {@code cpu:} says.
 *
 * @param type the model as it is written
 * @param flags single flags, each with its sign
 * @param settings the others, by name
 */
record ProxmoxCpu(String type, List<String> flags, Map<String, String> settings) {
    private static final String CUSTOM = "custom-";
    private static final Set<String> KNOWN =
            Set.of("cputype", "flags", "hidden", "hv-vendor-id", "phys-bits", "guest-phys-bits");
    private static final Map<String, String> REPLACED =
            Map.of("Icelake-Client", "Icelake-Server", "Icelake-Client-noTSX", "Icelake-Server-noTSX");
    private static final String V2 = "+popcnt;+pni;+sse4.1;+sse4.2;+ssse3";
    private static final String V3 = "+aes;" + V2 + ";+avx;+avx2;+bmi1;+bmi2;+f16c;+fma;+abm;+movbe;+xsave";

    /** Models that are Proxmox' own names for qemu64 with flags. */
    private static final Map<String, String> BUILT_IN = Map.of(
            "x86-64-v2",
            V2,
            "x86-64-v2-AES",
            "+aes;" + V2,
            "x86-64-v3",
            V3,
            "x86-64-v4",
            V3 + ";+avx512f;+avx512bw;+avx512cd;+avx512dq;+avx512vl");

    /** Reads one; an empty line is the model that Proxmox takes then. */
    static ProxmoxCpu of(String line, boolean isEmulated) {
        Map<String, String> settings = new LinkedHashMap<>();
        for (String word : line.split(",")) {
            int equals = word.indexOf('=');
            if (!word.isBlank()) {
                settings.put(
                        equals < 0 ? "cputype" : word.substring(0, equals).strip(),
                        word.substring(equals + 1).strip());
            }
        }
        String type = settings.getOrDefault("cputype", isEmulated ? "qemu64" : "kvm64");
        List<String> flags = Stream.of(settings.getOrDefault("flags", "").split(";"))
                .filter(flag -> !flag.isBlank())
                .toList();
        return new ProxmoxCpu(type, flags, settings);
    }

    boolean isCustom() {
        return type.startsWith(CUSTOM);
    }

    boolean isHidden() {
        return setting("hidden")
                .filter(Set.of("1", "on", "yes", "true")::contains)
                .isPresent();
    }

    /**
     * The model that QEMU is told; of a custom one, which is in another file, what Proxmox takes if that names none.
     */
    String model() {
        if (isCustom()) {
            return "kvm64";
        }
        return BUILT_IN.containsKey(type) ? "qemu64" : REPLACED.getOrDefault(type, type);
    }

    /** All flags: the built-in model's, then the guest's. */
    List<String> allFlags() {
        return Stream.concat(
                        Stream.of(BUILT_IN.getOrDefault(type, "").split(";")).filter(flag -> !flag.isEmpty()),
                        flags.stream())
                .toList();
    }

    Optional<String> setting(String name) {
        return Optional.ofNullable(settings.get(name));
    }

    /** A setting that Proxmox does not know. */
    Optional<String> unknown() {
        return settings.keySet().stream().filter(name -> !KNOWN.contains(name)).findFirst();
    }
}
