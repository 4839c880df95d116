package hv.hostkit;

import static hv.hostkit.Advice.require;

import hv.api.host.Host;
import hv.api.host.ManualClock;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;

/** The guest's time stamp counter. */
final class TimeRules {
    private static final long MEASURED_NANOS = 300_000_000;
    private static final int ROUNDS = 20_000;

    private TimeRules() {}

    static List<Rule> all() {
        return List.of(
                new Rule("The TSC runs at the frequency that the facts say", TimeRules::frequency),
                new Rule("The TSC is one for all threads, and does not go back", TimeRules::oneLine));
    }

    private static void frequency(Trial trial) {
        Host host = trial.host();
        if (ManualClock.of(host)) {
            long before = host.guestTsc();
            require(
                    before == host.guestTsc(),
                    "ManualClock.isClockManual() is true and Host.guestTsc() moves by itself: leave ManualClock out");
            return;
        }
        trial.partition();
        long nanos = System.nanoTime();
        long ticks = host.guestTsc();
        while (System.nanoTime() - nanos < MEASURED_NANOS) {
            LockSupport.parkNanos(MEASURED_NANOS / 10);
        }
        double passed = host.guestTsc() - ticks;
        double measuredHz = passed * 1e9 / (System.nanoTime() - nanos);
        double saidHz = host.facts().tscFrequencyHz();
        require(
                measuredHz > 0.8 * saidHz && measuredHz < 1.2 * saidHz,
                "Host.guestTsc() advances %.0f times a second, and the facts say %.0f: HostFacts.tscFrequencyHz is the frequency of what the guest's RDTSC reads, in Hz"
                        .formatted(measuredHz, saidHz));
    }

    private static void oneLine(Trial trial) throws Exception {
        Host host = trial.host();
        Object turn = new Object();
        long[] last = {host.guestTsc()};
        AtomicReference<String> wrong = new AtomicReference<>();
        Thread[] threads = new Thread[4];
        for (int i = 0; i < threads.length; i++) {
            threads[i] = new Thread(() -> {
                for (int round = 0; round < ROUNDS && wrong.get() == null; round++) {
                    synchronized (turn) {
                        long now = host.guestTsc();
                        if (now < last[0]) {
                            wrong.set("%d after %d".formatted(now, last[0]));
                        }
                        last[0] = now;
                    }
                }
            });
            threads[i].start();
        }
        for (Thread each : threads) {
            each.join();
        }
        require(
                wrong.get() == null,
                "Host.guestTsc() gave %s to another thread: it is one counter for all VPs and all threads, so give no thread an offset of its own"
                        .formatted(wrong.get()));
    }
}
