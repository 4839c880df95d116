package hv.flags;

import hv.api.Problem;
import hv.api.Problem.Severity;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What stands around Hyper-V flags and decides how they fare: the accelerator, what happens at a crash, the invariant TSC. */
final class Surroundings {
    private static final Set<String> DUMPS = Set.of("none", "pause");

    private Surroundings() {}

    /** Of a {@code -cpu} argument alone. */
    static List<Problem> ofFlags(String cpu) {
        Map<String, CpuWord> words = CpuWord.inEffect(cpu);
        boolean isFixed = words.containsKey("tsc-frequency") || words.containsKey("tsc-freq");
        if (isFixed || !words.containsKey("invtsc") || !words.get("invtsc").isOn()) {
            return List.of();
        }
        return List.of(new Problem(
                Severity.BLOCKS_MIGRATION,
                "invtsc",
                "an invariant TSC whose frequency is not fixed keeps the guest on this host (\"State blocked by non-migratable CPU device (invtsc flag)\")",
                "add tsc-frequency=N, in Hz, or leave invtsc out"));
    }

    /** Of a whole command line. */
    static List<Problem> ofLine(List<String> words, String cpu) {
        List<Problem> problems = new ArrayList<>(ofFlags(cpu));
        if (hasHyperV(cpu) && isEmulated(words)) {
            problems.add(emulated("write -accel kvm"));
        }
        boolean hasAction =
                words.stream().anyMatch(word -> DUMPS.stream().anyMatch(kind -> word.contains("panic=" + kind)));
        if (isOn(cpu, "hv-crash") && !hasAction) {
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

    static boolean hasHyperV(String cpu) {
        return CpuWord.of(cpu).stream().anyMatch(CpuWord::isHyperV);
    }

    static boolean isOn(String cpu, String flag) {
        CpuWord word = CpuWord.inEffect(cpu).get(flag);
        return word != null && word.isOn();
    }

    private static boolean isEmulated(List<String> words) {
        if (words.contains("-enable-kvm") || words.contains("--enable-kvm")) {
            return false;
        }
        String accelerator = QemuLine.last(words, "accel").orElse("");
        String machine = QemuLine.last(words, "machine")
                .or(() -> QemuLine.last(words, "M"))
                .orElse("");
        return accelerator.startsWith("tcg") || accelerator.isEmpty() && machine.contains("accel=tcg");
    }
}
