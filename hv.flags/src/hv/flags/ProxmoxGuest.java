package hv.flags;

import hv.api.Problem;
import hv.api.Problem.Severity;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What Proxmox makes of the lines of a configuration. Used by one thread for one configuration. */
final class ProxmoxGuest {
    private static final Pattern VENDOR_ID = Pattern.compile("[a-zA-Z0-9]{1,12}");
    private static final Pattern FLAG = Pattern.compile("([+-])(.+)");
    private static final Pattern VERSION = Pattern.compile("(?:pc|q35|i440fx)-(\\d{1,4}\\.\\d{1,4})");
    private static final Set<String> OSTYPES = Set.of(
            "other", "wxp", "w2k", "w2k3", "w2k8", "wvista", "win7", "win8", "win10", "win11", "l24", "l26", "solaris");
    private static final Pattern WINDOWS = Pattern.compile("win(\\d{1,4})");
    private static final Pattern X_VGA = Pattern.compile("(^|,)x-vga=(1|on|yes|true)(,|$)");
    private static final int FIRST_WITH_OVMF = 8;

    /** The flags that the lines of a guest may have, for safety; a custom model may have any. */
    private static final List<String> ALLOWED = List.of(
            "nested-virt",
            "md-clear",
            "pcid",
            "spec-ctrl",
            "ssbd",
            "ibpb",
            "virt-ssbd",
            "amd-ssbd",
            "amd-no-ssb",
            "pdpe1gb",
            "hv-tlbflush",
            "hv-evmcs",
            "aes");

    private static final Set<String> KVM_MODELS = Set.of("kvm64", "kvm32");

    private final Map<String, String> lines;
    private final ProxmoxCpu cpu;
    private final List<Problem> problems = new ArrayList<>();
    private final TreeMap<String, String> added = new TreeMap<>();

    ProxmoxGuest(Map<String, String> lines) {
        this.lines = lines;
        cpu = ProxmoxCpu.of(line("cpu"), isEmulated());
        checkCpu();
        enlighten();
    }

    /** What stands behind a name; empty if nothing does. */
    String line(String name) {
        return lines.getOrDefault(name, "");
    }

    boolean saysCpu() {
        return lines.containsKey("cpu") || lines.containsKey("ostype");
    }

    boolean isEmulated() {
        return Set.of("0", "no", "off", "false").contains(line("kvm"));
    }

    Optional<String> otherArchitecture() {
        return Optional.of(line("arch")).filter(arch -> !arch.isEmpty() && !arch.equals("x86_64"));
    }

    List<Problem> problems() {
        return problems;
    }

    /** The Hyper-V flags that Proxmox adds. */
    List<String> added() {
        return added.entrySet().stream()
                .map(flag -> flag.getKey() + flag.getValue())
                .toList();
    }

    /** That there may be more flags in another file. */
    Optional<String> customModel() {
        return cpu.isCustom()
                ? Optional.of(
                        "the model %s stands in another file, /etc/pve/virtual-guest/cpu-models.conf, and may have flags that are not seen here"
                                .formatted(Shown.of(cpu.type(), Shown.WORD)))
                : Optional.empty();
    }

    Optional<String> whyNothingIsAdded() {
        String type = Shown.of(line("ostype"), Shown.WORD);
        if (isEmulated() && windows() >= 6) {
            return Optional.of("Proxmox adds no hv-* flags with kvm: 0");
        }
        if (windows() >= 6) {
            return Optional.of("Proxmox adds no hv-* flags for ostype: %s with bios: ovmf; it does for win8 and newer"
                    .formatted(type));
        }
        if (!type.isEmpty() && !OSTYPES.contains(line("ostype"))) {
            return Optional.of(
                    ("Proxmox has no ostype: %s and passes over the line; write win11 (also for Server 2022 and 2025)"
                                    + " or win10 (2016, 2019)")
                            .formatted(type));
        }
        return Optional.of("Proxmox adds hv-* flags for a Windows from wvista and w2k8 on, and %s"
                .formatted(type.isEmpty() ? "there is no ostype:" : "ostype: is " + type));
    }

    /** The argument of {@code -cpu}, in the order in which Proxmox sorts it. */
    String argument() {
        if (!saysCpu()) {
            return "";
        }
        TreeMap<String, String> flags = new TreeMap<>();
        String model = cpu.model();
        if (model.equals("kvm64")) {
            flags.put("lahf_lm", "+lahf_lm");
        }
        if (line("ostype").equals("solaris")) {
            flags.put("x2apic", "-x2apic");
        }
        if (KVM_MODELS.contains(model)) {
            flags.put("sep", "+sep");
        }
        if (model.startsWith("Opteron")) {
            flags.put("rdtscp", "-rdtscp");
        }
        if (!isEmulated() && isSince("2.3") && otherArchitecture().isEmpty()) {
            flags.put("kvm_pv_unhalt", "+kvm_pv_unhalt");
            flags.put("kvm_pv_eoi", "+kvm_pv_eoi");
        }
        added.forEach((name, value) -> flags.put(name, name + value));
        cpu.allFlags().forEach(flag -> flags.put(flag.substring(1), flag));
        if (!model.equals("host") && !isEmulated() && otherArchitecture().isEmpty()) {
            flags.put("enforce", "enforce");
        }
        if (cpu.isHidden() || isGraphicsGiven() && cpu.setting("hidden").isEmpty()) {
            flags.put("kvm", "kvm=off");
        }
        List<String> words = new ArrayList<>();
        words.add(model);
        words.addAll(flags.values());
        cpu.setting("phys-bits")
                .ifPresent(bits -> words.add(bits.equals("host") ? "host-phys-bits=true" : "phys-bits=" + bits));
        return String.join(",", words);
    }

    private void enlighten() {
        int windows = windows();
        boolean isLate = line("bios").equals("ovmf") && windows < FIRST_WITH_OVMF;
        if (isEmulated() || windows < 6 || isLate) {
            return;
        }
        Optional<String> vendor =
                cpu.setting("hv-vendor-id").or(() -> isGraphicsGiven() ? Optional.of("proxmox") : Optional.empty());
        vendor.ifPresent(id -> added.put("hv_vendor_id", "=" + id));
        if (isSince("2.3")) {
            added.put("hv_spinlocks", "=0x1fff");
            added.put("hv_vapic", "");
            added.put("hv_time", "");
        } else {
            added.put("hv_spinlocks", "=0xffff");
        }
        add("2.6", "hv_reset", "hv_vpindex", "hv_runtime");
        if (windows >= 7) {
            added.put("hv_relaxed", "");
            add("2.12", "hv_synic", "hv_stimer");
            add("3.1", "hv_ipi");
        }
    }

    private void add(String since, String... flags) {
        if (isSince(since)) {
            for (String flag : flags) {
                added.put(flag, "");
            }
        }
    }

    private void checkCpu() {
        cpu.setting("hv-vendor-id")
                .filter(id -> !VENDOR_ID.matcher(id).matches())
                .ifPresent(id -> problem(
                        "hv-vendor-id",
                        "Proxmox refuses hv-vendor-id=%s: it takes 1 to 12 letters or digits"
                                .formatted(Shown.of(id, Shown.WORD)),
                        "write a shorter one, as hv-vendor-id=proxmox"));
        for (String flag : cpu.flags()) {
            Matcher form = FLAG.matcher(flag);
            if (!form.matches() || !ALLOWED.contains(form.group(2))) {
                problem(
                        Shown.of(flag, Shown.WORD),
                        "Proxmox refuses '%s' in flags= of a guest; it takes + or - and one of %s"
                                .formatted(Shown.of(flag, Shown.WORD), String.join(" ", ALLOWED)),
                        "put it into a custom model, or leave it out");
            }
        }
        cpu.unknown()
                .ifPresent(name -> problem(
                        "",
                        "Proxmox refuses '%s' in cpu:".formatted(Shown.of(name, Shown.WORD)),
                        "cpu: takes cputype, flags, hidden, hv-vendor-id, phys-bits and guest-phys-bits"));
    }

    private void problem(String flag, String reason, String remedy) {
        if (problems.size() < Shown.WORD) {
            problems.add(new Problem(Severity.WILL_NOT_START, flag, reason, remedy));
        }
    }

    /** The number that Proxmox gives a version of Windows; 0 for other systems. */
    private int windows() {
        return switch (line("ostype")) {
            case "w2k", "w2k3", "wxp" -> 5;
            case "w2k8", "wvista" -> 6;
            default -> {
                Matcher number = WINDOWS.matcher(line("ostype"));
                yield number.matches() ? Integer.parseInt(number.group(1)) : 0;
            }
        };
    }

    private boolean isGraphicsGiven() {
        return lines.entrySet().stream()
                .anyMatch(line -> line.getKey().startsWith("hostpci")
                        && X_VGA.matcher(line.getValue()).find());
    }

    /** Whether the machine is of a version or newer; without a version it is the newest. */
    private boolean isSince(String version) {
        Matcher machine = VERSION.matcher(line("machine"));
        return !machine.find() || Release.of(machine.group(1)).compareTo(Release.of(version)) >= 0;
    }
}
