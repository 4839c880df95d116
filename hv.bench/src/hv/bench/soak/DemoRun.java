package hv.bench.soak;

import hv.flags.OptionReader;
import hv.kvm.Kvm;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * {@code ./hv demo [--backend kvm|hosted] [--smp N]}: every enlightenment replaced in turn under a guest at work, a
 * line for each, in a framework of its own.
 */
public final class DemoRun {
    private static final int UNUSABLE = 2;
    private static final String BACKEND = "--backend";
    private static final String SMP = "--smp";
    private static final SoakRefusals REFUSALS =
            new SoakRefusals("--backend kvm or hosted, --smp with a number from 1 to 32");

    private DemoRun() {}

    /** What was typed so far. */
    private static final class Asked {
        private String backend = Kvm.whyUnusable().isEmpty() ? "kvm" : "hosted";
        private String vps = "2";

        void take(String name, String text) {
            if (name.equals(BACKEND) && List.of("kvm", "hosted").contains(text)) {
                backend = text;
            } else if (name.equals(SMP) && text.matches("[1-9]|[12][0-9]|3[0-2]")) {
                vps = text;
            } else {
                throw REFUSALS.unusable(name, text);
            }
        }
    }

    /**
     * Runs it.
     *
     * @param options the words after "demo"
     * @param root folder that the launcher's jar is started from
     * @param soak jar of the soak
     * @return exit status: 0, 1 if anything was lost, 2 with one line if it cannot run
     */
    public static int run(List<String> options, Path root, Path soak) throws Exception {
        Asked asked = new Asked();
        try {
            new OptionReader<>(List.of(BACKEND, SMP), List.of(), REFUSALS)
                    .read(asked::take, options.toArray(String[]::new));
        } catch (IllegalArgumentException e) {
            System.err.println("hv demo: " + e.getMessage());
            return UNUSABLE;
        }
        if (asked.backend.equals("kvm")) {
            Optional<String> why = Kvm.whyUnusable();
            if (why.isPresent()) {
                System.err.println("hv demo: " + why.get());
                return UNUSABLE;
            }
        }
        return SwapBench.inFramework(root, soak, "demo", asked.backend, asked.vps);
    }
}
