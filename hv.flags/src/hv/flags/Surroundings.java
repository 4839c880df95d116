package hv.flags;

import hv.api.Flags;
import hv.api.Problem;
import hv.api.Problem.Severity;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * What stands around Hyper-V flags and decides how they fare: the accelerator, what happens at a crash, the invariant
 * TSC.
 */
final class Surroundings {
    private static final Set<String> DUMPS = Set.of("none", "pause");

    private Surroundings() {}

    /** Of a {@code -cpu} argument alone. */
    static List<Problem> ofFlags(Flags flags) {
        boolean isFixed = flags.find("tsc-frequency").isPresent()
                || flags.find("tsc-freq").isPresent();
        if (isFixed || !flags.isOn("invtsc")) {
            return List.of();
        }
        return List.of(new Problem(
                Severity.BLOCKS_MIGRATION,
                "invtsc",
                "an invariant TSC whose frequency is not fixed keeps the guest on this host (\"State blocked by non-migratable CPU device (invtsc flag)\")",
                "add tsc-frequency=N, in Hz, or leave invtsc out"));
    }

    /** Of a whole command line. */
    static List<Problem> ofLine(ShellWords line, Flags flags) {
        List<Problem> problems = new ArrayList<>(ofFlags(flags));
        if (hasHyperV(flags) && isEmulated(line)) {
            problems.add(emulated("write -accel kvm"));
        }
        boolean hasAction =
                line.words().stream().anyMatch(word -> DUMPS.stream().anyMatch(kind -> word.contains("panic=" + kind)));
        if (flags.isOn("hv-crash") && !hasAction) {
            problems.add(new Problem(
                    Severity.NOTE,
                    "hv-crash",
                    "QEMU ends a guest that reports a crash before it has written its dump",
                    "add -action panic=none to let it go on, or -action panic=pause to look at it"));
        }
        return problems;
    }

    /** What is said of a guest whose processor is emulated. */
    static Problem emulated(String remedy) {
        return new Problem(
                Severity.WILL_NOT_START,
                "",
                "hv-* flags need KVM, and this guest is emulated (\"kernel doesn't allow setting HyperV VP_INDEX\")",
                remedy);
    }

    static boolean hasHyperV(Flags flags) {
        return flags.words().stream().anyMatch(Flags.Word::isHyperV);
    }

    private static boolean isEmulated(ShellWords line) {
        if (line.has("enable-kvm")) {
            return false;
        }
        String accelerator = line.option("accel").orElse("");
        String machine = line.option("machine").or(() -> line.option("M")).orElse("");
        return accelerator.startsWith("tcg") || accelerator.isEmpty() && machine.contains("accel=tcg");
    }
}
