package hv.bench.soak;

import hv.flags.OptionReader;
import hv.kvm.Kvm;
import hv.launcher.Container;
import hv.launcher.Distribution;
import java.nio.file.Path;
import java.util.List;
import java.util.function.ToIntFunction;
import org.osgi.framework.Bundle;

/**
 * {@code ./hv bench swap [--swaps N] [--smp N] [--backend kvm|hosted] [--seed N]}: every enlightenment bundle replaced
 * in random order under a soak, in a framework of its own, with how long each swap kept VPs from going on. Not among
 * the benchmarks that run when none is named.
 */
public final class SwapBench {
    private static final int UNUSABLE = 2;

    private static final String BACKEND = "--backend";
    private static final String SMP = "--smp";
    private static final String SWAPS = "--swaps";
    private static final String SEED = "--seed";
    private static final SoakRefusals REFUSALS =
            new SoakRefusals("--swaps N, --smp N, --seed N, --backend kvm or hosted");

    private SwapBench() {}

    /** What was typed so far. */
    private static final class Asked {
        private String backend = Kvm.whyUnusable().isEmpty() ? "kvm" : "hosted";
        private String vps = "2";
        private String swaps = "10000";
        private String seed = String.valueOf(System.nanoTime());

        void take(String name, String text) {
            if (name.equals(BACKEND) ? !List.of("kvm", "hosted").contains(text) : !text.matches("[0-9]{1,18}")) {
                throw REFUSALS.unusable(name, text);
            }
            switch (name) {
                case BACKEND -> backend = text;
                case SMP -> vps = text;
                case SWAPS -> swaps = text;
                case SEED -> seed = text;
                default -> throw REFUSALS.unknown(text);
            }
        }
    }

    /**
     * Runs it.
     *
     * @param options the words after "swap"
     * @param root folder that the launcher's jar is started from
     * @param soak jar of the soak
     * @return exit status: 0, 1 if anything was lost, has grown or was not collected, 2 with one line if it cannot run
     */
    public static int run(List<String> options, Path root, Path soak) throws Exception {
        Asked asked = new Asked();
        try {
            new OptionReader<>(List.of(BACKEND, SMP, SWAPS, SEED), List.of(), REFUSALS)
                    .read(asked::take, options.toArray(String[]::new));
        } catch (IllegalArgumentException e) {
            System.err.println("hv bench swap: " + e.getMessage());
            return UNUSABLE;
        }
        return inFramework(root, soak, "swap-soak", asked.backend, asked.vps, asked.swaps, asked.seed);
    }

    /** Has the soak's bundle do one of its verbs beside everything that is shipped; its status. */
    @SuppressWarnings("unchecked")
    static int inFramework(Path root, Path soak, String verb, String... words) throws Exception {
        try (Container container = Container.open(new Distribution(root), false)) {
            container.startAll();
            Bundle bundle = container.context().installBundle(soak.toUri().toString());
            bundle.start();
            return ((ToIntFunction<String[]>) container.verb(verb).orElseThrow()).applyAsInt(words);
        }
    }
}
