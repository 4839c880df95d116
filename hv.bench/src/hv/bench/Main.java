package hv.bench;

import hv.bench.calls.CallsBenchmark;
import hv.bench.dispatch.Dispatch;
import hv.bench.dispatch.JmhRun;
import hv.bench.exits.Exits;
import hv.bench.exits.JailExits;
import hv.bench.soak.Soak;
import hv.bench.soak.SwapBench;
import hv.bench.start.Start;
import hv.bench.stimer.Stimer;
import hv.flags.Shown;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * {@code ./hv bench [NAME] [--json FILE]}: runs one benchmark, or all of them; {@code ./hv bench soak [OPTIONS]} runs
 * the soak, {@code ./hv bench swap [OPTIONS]} the soak under which every enlightenment is replaced.
 */
public final class Main {
    /** A benchmark by name. */
    private interface Benchmark {
        void run(Optional<Path> json) throws Exception;
    }

    private static final Map<String, Benchmark> ALL = new TreeMap<>(Map.of(
            "calls",
            json -> JmhRun.of(CallsBenchmark.class, json),
            "dispatch",
            Dispatch::run,
            "exits",
            Exits::run,
            "jail",
            JailExits::run,
            "start",
            Start::run,
            "stimer",
            Stimer::run));

    private Main() {}

    /** Exit status 0, the soak's own, or 2 with one line when the arguments cannot be used. */
    public static void main(String[] args) throws Exception {
        if (args.length > 0 && args[0].equals("soak")) {
            System.exit(Soak.run(List.of(args).subList(1, args.length)));
        }
        if (args.length > 0 && args[0].equals("swap")) {
            System.exit(SwapBench.run(
                    List.of(args).subList(1, args.length),
                    Path.of(System.getProperty("hv.distribution")),
                    Path.of(System.getProperty("hv.soak"))));
        }
        String name = null;
        Path json = null;
        for (int i = 0; i < args.length; i++) {
            if (args[i].equals("--json") && i + 1 < args.length) {
                json = Path.of(args[++i]);
            } else if (name == null && ALL.containsKey(args[i])) {
                name = args[i];
            } else {
                System.err.printf(
                        "hv bench: '%s' is not a benchmark; write one of: %s, and --json FILE; or soak, or swap%n",
                        Shown.word(args[i]), String.join(" ", ALL.keySet()));
                System.exit(2);
            }
        }
        for (Map.Entry<String, Benchmark> entry : ALL.entrySet()) {
            if (name == null || name.equals(entry.getKey())) {
                System.out.println("== " + entry.getKey());
                entry.getValue().run(Optional.ofNullable(json));
            }
        }
    }
}
