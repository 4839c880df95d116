package hv.bench.vmbus;

import com.sun.management.OperatingSystemMXBean;
import hv.api.vmbus.Vmbus;
import hv.api.vmbus.VmbusProvider;
import hv.bench.dispatch.JmhRun;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * {@code ./hv bench vmbus}: packets through the rings of a channel beside another library's, what a thousand open
 * channels cost while nobody uses them, and how long after a guest's signal a device is called, without a CPU and on
 * KVM.
 */
public final class BusBench {
    private static final int CHANNELS = 1_000;
    private static final int IDLE_SECONDS = 5;
    private static final int SIGNALS = 20_000;

    /** Long enough for the thread that serves the channel to fall asleep in between. */
    private static final long PAUSE_NANOS = 100_000;

    private static final long MEMORY_BYTES = 64L << 20;

    private BusBench() {}

    /** Runs all; a failure ends in an exception. */
    public static void run(Optional<Path> json) throws Exception {
        RingComparison.run();
        JmhRun.of(RingBenchmark.class, json);
        withBus(CHANNELS, BusBench::idle);
        withBus(1, BusBench::latency);
        KvmSignals.run(ServiceLoader.load(VmbusProvider.class).iterator().next());
    }

    /** What is done with a guest whose channels are open. */
    private interface Measurement {
        void on(BusGuest guest, int[] connections, List<QuietDevice> devices, List<Thread> threads) throws Exception;
    }

    private static void withBus(int channels, Measurement measurement) throws Exception {
        List<Thread> threads = new ArrayList<>();
        ScheduledExecutorService workers = Executors.newScheduledThreadPool(2, task -> {
            Thread thread = new Thread(task, "hv-bench-worker");
            thread.setDaemon(true);
            threads.add(thread);
            return thread;
        });
        VmbusProvider provider =
                ServiceLoader.load(VmbusProvider.class).iterator().next();
        try (BusGuest guest = new BusGuest(MEMORY_BYTES);
                Vmbus bus = provider.open(guest.ports(), guest.memory(), () -> System.nanoTime() / 100, 1, workers)) {
            List<QuietDevice> devices = new ArrayList<>();
            for (int i = 0; i < channels; i++) {
                devices.add(new QuietDevice(i));
                bus.offer(devices.get(i));
            }
            bus.resume();
            measurement.on(guest, guest.openAll(), devices, threads);
        } finally {
            workers.shutdownNow();
        }
    }

    private static void idle(BusGuest guest, int[] connections, List<QuietDevice> devices, List<Thread> threads)
            throws InterruptedException {
        TimeUnit.SECONDS.sleep(1);
        long busBefore = cpuNanos(threads);
        long allBefore = processNanos();
        TimeUnit.SECONDS.sleep(IDLE_SECONDS);
        System.out.printf(
                "%,d open channels that nobody uses, for %d s: %.3f ms of CPU time of the bus' threads, %.3f of all%n",
                connections.length,
                IDLE_SECONDS,
                (cpuNanos(threads) - busBefore) / 1e6,
                (processNanos() - allBefore) / 1e6);
    }

    private static long cpuNanos(List<Thread> threads) {
        return List.copyOf(threads).stream()
                .mapToLong(thread -> ManagementFactory.getThreadMXBean().getThreadCpuTime(thread.threadId()))
                .filter(nanos -> nanos >= 0)
                .sum();
    }

    private static long processNanos() {
        return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getProcessCpuTime();
    }

    private static void latency(BusGuest guest, int[] connections, List<QuietDevice> devices, List<Thread> threads)
            throws Exception {
        QuietDevice device = devices.get(0);
        long[] nanos = new long[SIGNALS];
        for (int round = 0; round < 2; round++) { // the first one has everything compiled
            for (int i = 0; i < SIGNALS; i++) {
                LockSupport.parkNanos(PAUSE_NANOS);
                long calls = device.calls();
                long before = System.nanoTime();
                guest.signal(connections[0]);
                while (device.calls() == calls) {
                    Thread.onSpinWait();
                }
                nanos[i] = device.calledNanos() - before;
            }
        }
        Arrays.sort(nanos);
        System.out.printf(
                "from a guest's signal to the sleeping device: p50 %.1f us, p99 %.1f us, longest %.1f us (%,d signals)%n",
                nanos[SIGNALS / 2] / 1e3, nanos[SIGNALS - SIGNALS / 100] / 1e3, nanos[SIGNALS - 1] / 1e3, SIGNALS);
    }
}
