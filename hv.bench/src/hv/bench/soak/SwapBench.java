package hv.bench.soak;

import hv.flags.Shown;
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

    private SwapBench() {}

    /**
     * Runs it.
     *
     * @param options the words after "swap"
     * @param root folder that the launcher's jar is started from
     * @param soak jar of the soak
     * @return exit status: 0, 1 if anything was lost, has grown or was not collected, 2 with one line if it cannot run
     */
    @SuppressWarnings("unchecked")
    public static int run(List<String> options, Path root, Path soak) throws Exception {
        String backend = Kvm.whyUnusable().isEmpty() ? "kvm" : "hosted";
        String vps = "2";
        String swaps = "10000";
        String seed = String.valueOf(System.nanoTime());
        for (int i = 0; i < options.size(); i += 2) {
            String value = i + 1 < options.size() ? options.get(i + 1) : "";
            boolean isBackend = options.get(i).equals("--backend");
            if (isBackend ? !List.of("kvm", "hosted").contains(value) : !value.matches("[0-9]{1,18}")) {
                System.err.printf(
                        "hv bench swap: '%s %s' cannot be used; write --swaps N, --smp N, --seed N, --backend kvm or hosted%n",
                        Shown.word(options.get(i)), Shown.word(value));
                return UNUSABLE;
            }
            switch (options.get(i)) {
                case "--backend" -> backend = value;
                case "--smp" -> vps = value;
                case "--swaps" -> swaps = value;
                case "--seed" -> seed = value;
                default -> {
                    System.err.printf(
                            "hv bench swap: '%s' is not an option; write --swaps N, --smp N, --seed N, --backend kvm or hosted%n",
                            Shown.word(options.get(i)));
                    return UNUSABLE;
                }
            }
        }
        try (Container container = Container.open(new Distribution(root), false)) {
            container.startAll();
            Bundle bundle = container.context().installBundle(soak.toUri().toString());
            bundle.start();
            ToIntFunction<String[]> torture =
                    (ToIntFunction<String[]>) container.verb("swap-soak").orElseThrow();
            return torture.applyAsInt(new String[] {backend, vps, swaps, seed});
        }
    }
}
