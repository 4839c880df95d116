package hv.bench;

import hv.bench.calls.CallsBenchmark;
import hv.bench.dispatch.Dispatch;
import hv.bench.dispatch.JmhRun;
import hv.bench.exits.Exits;
import hv.bench.exits.JailExits;
import hv.bench.network.NetworkBench;
import hv.bench.soak.DemoRun;
import hv.bench.soak.Soak;
import hv.bench.soak.SwapBench;
import hv.bench.start.Start;
import hv.bench.stimer.Stimer;
import hv.bench.storage.StorageBench;
import hv.bench.vmbus.BusBench;
import hv.flags.OptionReader;
import hv.flags.Shown;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * {@code ./hv bench [NAME] [--json FILE]}: runs one benchmark, or all of them; {@code ./hv bench soak [OPTIONS]} runs
 * the soak, {@code ./hv bench swap [OPTIONS]} the soak under which every enlightenment is replaced, {@code ./hv demo}
 * the same once, for people to look at.
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
            "network",
            NetworkBench::run,
            "start",
            Start::run,
            "stimer",
            Stimer::run,
            "storage",
            StorageBench::run,
            "vmbus",
            BusBench::run));

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
        if (args.length > 0 && args[0].equals("demo")) {
            System.exit(DemoRun.run(
                    List.of(args).subList(1, args.length),
                    Path.of(System.getProperty("hv.distribution")),
                    Path.of(System.getProperty("hv.soak"))));
        }
        Asked asked = new Asked();
        try {
            new OptionReader<>(List.of("--json"), List.of(), asked).read(asked::take, args);
        } catch (IllegalArgumentException e) {
            System.err.println("hv bench: " + e.getMessage());
            System.exit(2);
        }
        for (Map.Entry<String, Benchmark> entry : ALL.entrySet()) {
            if (asked.name == null || asked.name.equals(entry.getKey())) {
                System.out.println("== " + entry.getKey());
                entry.getValue().run(asked.json);
            }
        }
    }

    /** What was typed so far. */
    private static final class Asked implements OptionReader.Refusals<IllegalArgumentException> {
        private String name;
        private Optional<Path> json = Optional.empty();

        void take(String option, String text) {
            if (!option.equals(OptionReader.WORD)) {
                json = Optional.of(Path.of(text));
            } else if (name == null && ALL.containsKey(text)) {
                name = text;
            } else {
                throw unknown(text);
            }
        }

        @Override
        public IllegalArgumentException unknown(String typed) {
            return new IllegalArgumentException(
                    "'%s' is not a benchmark; write one of: %s, and --json FILE; or soak, or swap"
                            .formatted(Shown.word(typed), String.join(" ", ALL.keySet())));
        }

        @Override
        public IllegalArgumentException valueless(String option) {
            return unknown(option);
        }
    }
}
