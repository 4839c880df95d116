package hv.flags;

import hv.api.Flags;
import hv.api.Problem;
import hv.api.Problem.Severity;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What stands around Hyper-V flags and decides how they fare: the accelerator, the processor, what happens at a crash,
 * the invariant TSC.
 */
final class Surroundings {
    private static final Set<String> DUMPS = Set.of("none", "pause");
    private static final Set<String> OF_HOST = Set.of("host", "max");
    private static final List<String> PROPERTIES_OF_HOST = List.of("host-cache-info", "migratable");
    private static final Set<String> HOST_MODELS = Set.of("kvm", "hvf");
    private static final Set<String> ACCELERATORS = Set.of("tcg", "hvf", "whpx", "nvmm", "xen", "hax", "qtest", "mshv");
    private static final Pattern OTHER_PROCESSOR = Pattern.compile("qemu-system-(?!x86_64|i386)(\\w+?)(\\.exe)?");

    private static final String VP_INDEX = "hv-vpindex";
    private static final Release VP_INDEX_WITHOUT_KVM = Release.of("8.2");

    private Surroundings() {}

    /** The surroundings of a {@code -cpu} argument that stands alone. */
    static Reading ofFlags(Flags flags) {
        Reading reading = new Reading(flags, List.of());
        boolean isFixed = flags.find("tsc-frequency").isPresent()
                || flags.find("tsc-freq").isPresent();
        if (!isFixed && flags.isOn("invtsc")) {
            reading.problem(new Problem(
                    Severity.BLOCKS_MIGRATION,
                    "invtsc",
                    "an invariant TSC whose frequency is not fixed keeps the guest on this host (\"State blocked by non-migratable CPU device (invtsc flag)\")",
                    "add tsc-frequency=N, in Hz, or leave invtsc out"));
        }
        Optional<String> model = flags.words().stream()
                .findFirst()
                .filter(word -> word.isBare() && !word.isHyperV())
                .map(Flags.Word::spelling);
        if (model.filter(name -> !OF_HOST.contains(name)).isPresent()) {
            PROPERTIES_OF_HOST.stream()
                    .filter(name -> flags.find(name).isPresent())
                    .forEach(name -> reading.problem(new Problem(
                            Severity.WILL_NOT_START,
                            name,
                            "QEMU has the property %s for the models host and max only".formatted(name),
                            "leave it out")));
        }
        if (hasHyperV(flags)
                && flags.find("hypervisor").filter(Flags.Word::isOff).isPresent()) {
            reading.effect(Effect.UNSEEN)
                    .problem(new Problem(
                            Severity.SLOWER,
                            "hypervisor",
                            "without the CPU's hypervisor bit a guest does not look for a hypervisor, so the hv-* flags have no effect",
                            "leave hypervisor=off (-hypervisor) out, or the hv-* flags"));
        }
        return reading;
    }

    /**
     * Of a whole command line.
     *
     * @param program the name of the program; empty if it is not known
     */
    static Reading ofLine(ShellWords line, String program, Flags flags) {
        Reading reading = ofFlags(flags);
        var other = OTHER_PROCESSOR.matcher(program);
        if (other.matches() && hasHyperV(flags)) {
            otherProcessor(reading, other.group(1), "QEMU");
        }
        Optional<String> named = Accelerator.named(line);
        String accelerator =
                named.or(() -> Accelerator.byDefault(line, program)).orElse("");
        if (ACCELERATORS.contains(accelerator)) {
            String reason = named.isPresent()
                    ? "the accelerator is " + accelerator
                    : "no accelerator is named, so QEMU takes TCG";
            String kvm = named.isPresent() ? "write -accel kvm instead" : "add -accel kvm";
            withoutKvm(reading, reason, kvm);
            hostModel(reading, accelerator, kvm);
            reading.needs(new Reading.Need(
                    "hv-vpindex without KVM", VP_INDEX, VP_INDEX_WITHOUT_KVM, some -> some.isOn(VP_INDEX)));
        }
        boolean hasAction = line.words().stream()
                .anyMatch(word -> DUMPS.stream().anyMatch(kind -> word.text().contains("panic=" + kind)));
        if (flags.isOn("hv-crash") && !hasAction && reading.effect() != Effect.NONE) {
            reading.problem(new Problem(
                    Severity.NOTE,
                    "hv-crash",
                    "QEMU ends a guest that reports a crash before it has written its dump",
                    "add -action panic=none to let it go on, or -action panic=pause to look at it"));
        }
        if (line.options("device").stream().anyMatch(device -> device.startsWith("hv-syndbg"))) {
            reading.settles(Severity.NOTE, "hv-syndbg");
        }
        VmbusBridge.look(line, reading);
        return reading;
    }

    /** Says what becomes of Hyper-V flags where KVM is not used. */
    static void withoutKvm(Reading reading, String reason, String remedy) {
        Flags flags = reading.flags();
        if (!hasHyperV(flags)) {
            return;
        }
        reading.effect(Effect.NONE)
                .problem(new Problem(
                        Severity.SLOWER,
                        "",
                        reason + ", and KVM alone serves the hv-* flags: they have no effect",
                        remedy));
        if (flags.isOn(VP_INDEX)) {
            reading.problem(new Problem(
                    Severity.NOTE,
                    VP_INDEX,
                    "QEMU before 8.2 does not start with hv-vpindex and without KVM (\"kernel doesn't allow setting HyperV VP_INDEX\")",
                    remedy));
        }
    }

    /** Says that an accelerator does not know the host's own model, if that is wanted. */
    static void hostModel(Reading reading, String accelerator, String remedy) {
        boolean isHost = reading.flags().words().stream()
                .findFirst()
                .filter(word -> word.isBare() && word.name().equals("host"))
                .isPresent();
        if (isHost && !HOST_MODELS.contains(accelerator)) {
            reading.uncorrectable()
                    .problem(new Problem(
                            Severity.WILL_NOT_START,
                            "",
                            "QEMU has the model 'host' only with KVM or HVF (\"CPU model 'host' requires KVM or HVF\")",
                            remedy));
        }
    }

    /** What is said where the guest has another processor. */
    static void otherProcessor(Reading reading, String architecture, String program) {
        reading.uncorrectable()
                .problem(new Problem(
                        Severity.WILL_NOT_START,
                        "",
                        "%s has Hyper-V flags for x86 guests only, and this one is %s"
                                .formatted(program, Shown.of(architecture, Shown.WORD)),
                        "leave them out"));
    }

    static boolean hasHyperV(Flags flags) {
        return flags.words().stream().anyMatch(Flags.Word::isHyperV);
    }
}
