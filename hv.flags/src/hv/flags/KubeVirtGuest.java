package hv.flags;

import hv.api.Flags;
import hv.api.Problem;
import hv.api.Problem.Severity;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What KubeVirt makes of a domain of its own kind. Used by one thread for one domain. */
final class KubeVirtGuest {
    private static final int MOST_PROBLEMS = 50;
    private static final Map<String, String> MEANT = Map.of(
            "stimer",
            "synictimer",
            "vendor_id",
            "vendorid",
            "vendorId",
            "vendorid",
            "syniTimer",
            "synictimer",
            "spinlock",
            "spinlocks");
    private static final Set<String> RECENT_ELSEWHERE = Set.of("avic", "emsr_bitmap", "xmm_input", "crash", "time");

    private final Map<?, ?> domain;
    private final String architecture;
    private final List<String> words = new ArrayList<>();
    private final Set<String> off = new LinkedHashSet<>();
    private final List<Problem> problems = new ArrayList<>();

    KubeVirtGuest(Map<?, ?> domain, String architecture) {
        this.domain = domain;
        this.architecture = architecture;
    }

    /** Whether a mapping is one that stands below {@code domain:}. */
    static boolean isDomain(Map<?, ?> map) {
        return map.containsKey(KubeVirtFlag.HYPERV)
                || map.get("features") instanceof Map<?, ?> features && hasHyperV(features)
                || map.get("clock") instanceof Map<?, ?> clock
                        && (clock.containsKey("timer") || clock.containsKey("preferredTimer"));
    }

    private static boolean hasHyperV(Map<?, ?> features) {
        return features.containsKey(KubeVirtFlag.HYPERV)
                || features.containsKey("hypervPassthrough")
                || features.containsKey("preferredHyperv");
    }

    Reading read() throws UnusableTextException {
        cpu(map(domain, "cpu"));
        Map<?, ?> features = domain.containsKey("features") ? map(domain, "features") : domain;
        hyperv(first(features, KubeVirtFlag.HYPERV, "preferredHyperv"));
        Map<?, ?> passthrough = map(features, "hypervPassthrough");
        if (Boolean.TRUE.equals(passthrough.get("enabled"))) {
            words.add("hv-passthrough");
        }
        Map<?, ?> timer = first(map(domain, "clock"), "timer", "preferredTimer");
        if (timer.containsKey(KubeVirtFlag.HYPERV)) {
            boolean isAbsent =
                    Boolean.FALSE.equals(map(timer, KubeVirtFlag.HYPERV).get("present"));
            if (!isAbsent || !words.contains("hv-passthrough")) {
                words.add(isAbsent ? "hv-time=off" : "hv-time"); // libvirt undoes nothing
            }
        }
        List<String> required = require();
        words.addAll(required);
        boolean needsVmx = words.contains("hv-evmcs") && words.stream().noneMatch(word -> word.startsWith("vmx="));
        if (needsVmx) {
            words.add("vmx=on");
        }
        firmware(features);
        Flags flags = FlagGrammar.bounded(String.join(",", words));
        Reading reading = Surroundings.ofFlags(flags);
        problems.forEach(reading::problem);
        reading.writer(written -> KubeVirtFormat.write(written, false));
        if (!required.isEmpty()) {
            reading.remark("KubeVirt switches on by itself what others require: " + String.join(",", required));
        }
        if (needsVmx) {
            reading.remark("KubeVirt adds the CPU feature vmx where evmcs is on, so the guest needs an Intel host");
        }
        if (architecture.equals("arm64") || architecture.equals("s390x")) {
            Surroundings.otherProcessor(reading, architecture, "KubeVirt");
        }
        return reading;
    }

    /** Secure boot is on where nobody says otherwise, and needs a feature that is off where nobody says otherwise. */
    private void firmware(Map<?, ?> features) {
        Map<?, ?> bootloader = map(map(domain, "firmware"), "bootloader");
        boolean isSecure = bootloader.containsKey("efi")
                && !Boolean.FALSE.equals(map(bootloader, "efi").get("secureBoot"));
        boolean hasSmm = features.containsKey("smm")
                && !Boolean.FALSE.equals(map(features, "smm").get("enabled"));
        if (isSecure && !hasSmm && !architecture.equals("arm64")) {
            problems.add(new Problem(
                    Severity.NOTE,
                    "",
                    "firmware.bootloader.efi has secure boot on unless it says secureBoot: false, and KubeVirt refuses that"
                            + " without features.smm",
                    "write smm: {} below features, or secureBoot: false, unless a preference brings it"));
        }
    }

    private void cpu(Map<?, ?> cpu) {
        String model = cpu.get("model") instanceof String name ? name : "host-model";
        words.add(model.startsWith("host-") ? "host" : word("model", model));
        if (cpu.get("features") instanceof List<?> features) {
            for (Object feature : features) {
                if (feature instanceof Map<?, ?> map && map.get("name") instanceof String name) {
                    boolean isOff = "disable".equals(map.get("policy")) || "forbid".equals(map.get("policy"));
                    words.add(word("name", name) + (isOff ? "=off" : "=on"));
                }
            }
        }
    }

    private void hyperv(Map<?, ?> hyperv) {
        hyperv.forEach((key, value) -> {
            String field = String.valueOf(key);
            String known = MEANT.getOrDefault(field, field);
            Optional<KubeVirtFlag> row = KubeVirtFlag.ofField(KubeVirtFlag.HYPERV, known);
            if (row.isEmpty() || !known.equals(field)) {
                unknown(field, known);
            }
            row.ifPresent(found -> add(found, value));
        });
    }

    private void add(KubeVirtFlag row, Object value) {
        Map<?, ?> inside = value instanceof Map<?, ?> map ? map : Map.of();
        if (Boolean.FALSE.equals(inside.get("enabled"))) {
            off.add(row.flag());
            words.add(row.value().isEmpty() ? row.flag() + "=off" : "");
        } else if (row.value().isEmpty()) {
            words.add(row.flag());
            inside.forEach((key, inner) -> KubeVirtFlag.ofField(row.field(), String.valueOf(key))
                    .filter(found -> !(inner instanceof Map<?, ?> map && Boolean.FALSE.equals(map.get("enabled"))))
                    .ifPresent(found -> words.add(found.flag())));
        } else {
            Object given = inside.get(row.value());
            String number = row.flag().equals("hv-spinlocks") ? "4096" : "";
            String text = given == null ? number : word(row.value(), String.valueOf(given));
            if (text.isEmpty()) {
                problem(
                        row.flag(),
                        "%s has no %s".formatted(row.field(), row.value()),
                        "write %s: {%s: NAME}".formatted(row.field(), row.value()));
            } else {
                words.add(row.flag() + "=" + text);
            }
        }
    }

    /** KubeVirt adds what is required and not switched off. */
    private List<String> require() {
        Set<String> added = new LinkedHashSet<>();
        List<String> open = new ArrayList<>(words);
        while (!open.isEmpty()) {
            String flag = open.remove(open.size() - 1);
            KubeVirtFlag.ofFlag(flag)
                    .map(KubeVirtFlag::requires)
                    .filter(other -> !other.isEmpty()
                            && !off.contains(other)
                            && !words.contains(other)
                            && !added.contains(other))
                    .ifPresent(other -> {
                        added.add(other);
                        open.add(other);
                    });
        }
        return List.copyOf(added);
    }

    private void unknown(String field, String meant) {
        String name = Shown.of(field, Shown.WORD);
        String remedy = meant.equals(field)
                ? field.equals("time") ? "hv-time is hyperv: {} below clock.timer" : "leave it out"
                : "write " + meant;
        problem(
                "",
                "KubeVirt has no field %s in hyperv".formatted(name),
                RECENT_ELSEWHERE.contains(field) && !field.equals("time")
                        ? "KubeVirt cannot give it; leave it out"
                        : remedy);
    }

    /** A comma would begin another flag. */
    private String word(String what, String text) {
        if (!text.contains(",")) {
            return text;
        }
        problem(
                "",
                "%s '%s' holds a comma, which QEMU takes for the end of a flag"
                        .formatted(what, Shown.of(text, Shown.WORD)),
                "leave the comma out");
        return "";
    }

    private void problem(String flag, String reason, String remedy) {
        if (problems.size() < MOST_PROBLEMS) {
            problems.add(new Problem(Severity.WILL_NOT_START, flag, reason, remedy));
        }
    }

    private static Map<?, ?> first(Map<?, ?> map, String one, String other) {
        return map.containsKey(one) ? map(map, one) : map(map, other);
    }

    private static Map<?, ?> map(Map<?, ?> map, String key) {
        return map.get(key) instanceof Map<?, ?> inner ? inner : Map.of();
    }
}
