package hv.bench.stimer;

import hv.api.host.Hypervisor;
import hv.kvm.Kvm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.ServiceLoader;

/**
 * {@code ./hv bench stimer}: how late synthetic timers are, from the time they are due to the message or to the request
 * of the interrupt; 1 to 4 of them on a VP, every millisecond or once after a random time, with and without messages;
 * without a CPU, and on KVM where there is one.
 */
public final class Stimer {
    private static final long WARM_UP_MILLIS = 300;
    private static final long MILLIS = 1500;

    private Stimer() {}

    private record Result(String backend, Scenario scenario, Lateness lateness) {}

    /** Runs it; {@code json} gets the figures, in microseconds. */
    public static void run(Optional<Path> json) throws Exception {
        Hypervisor hypervisor = ServiceLoader.load(Hypervisor.class).findFirst().orElseThrow();
        List<Result> results = new ArrayList<>();
        System.out.printf("late by microseconds: p50, p90, p99, p99.9, most; over %d ms each%n", MILLIS);
        try (TimerRig hosted = new HostedRig(hypervisor)) {
            measure(hosted, results);
        }
        Optional<String> unusable = Kvm.whyUnusable();
        if (unusable.isPresent()) {
            System.out.println("not on KVM: " + unusable.get());
        } else {
            try (TimerRig kvm = new KvmRig(hypervisor)) {
                measure(kvm, results);
            }
        }
        if (json.isPresent()) {
            write(json.get(), results);
        }
    }

    private static void measure(TimerRig rig, List<Result> results) throws Exception {
        for (boolean isDirect : new boolean[] {false, true}) {
            for (boolean isPeriodic : new boolean[] {true, false}) {
                rig.run(new Scenario(isDirect, isPeriodic, Scenario.MOST_TIMERS), WARM_UP_MILLIS);
                for (int timers = 1; timers <= Scenario.MOST_TIMERS; timers++) {
                    Scenario scenario = new Scenario(isDirect, isPeriodic, timers);
                    Result result = new Result(rig.name(), scenario, rig.run(scenario, MILLIS));
                    results.add(result);
                    print(result);
                }
            }
        }
    }

    private static void print(Result result) {
        Lateness late = result.lateness();
        System.out.printf(
                Locale.ROOT,
                "%-6s %-7s %-8s %d %s %6d x %9.1f %9.1f %9.1f %9.1f %9.1f%n",
                result.backend(),
                result.scenario().mode(),
                result.scenario().kind(),
                result.scenario().timers(),
                result.scenario().timers() == 1 ? "timer " : "timers",
                late.count(),
                late.micros(0.5),
                late.micros(0.9),
                late.micros(0.99),
                late.micros(0.999),
                late.micros(1));
    }

    private static void write(Path json, List<Result> results) throws IOException {
        List<String> rows = results.stream().map(Stimer::row).toList();
        Files.writeString(json, "{\"stimer\": [\n" + String.join(",\n", rows) + "\n]}\n");
    }

    private static String row(Result result) {
        Lateness late = result.lateness();
        return String.format(
                Locale.ROOT,
                "  {\"backend\": \"%s\", \"mode\": \"%s\", \"kind\": \"%s\", \"timers\": %d, \"count\": %d,"
                        + " \"p50_us\": %.1f, \"p90_us\": %.1f, \"p99_us\": %.1f, \"p999_us\": %.1f, \"max_us\": %.1f}",
                result.backend(),
                result.scenario().mode(),
                result.scenario().kind(),
                result.scenario().timers(),
                late.count(),
                late.micros(0.5),
                late.micros(0.9),
                late.micros(0.99),
                late.micros(0.999),
                late.micros(1));
    }
}
