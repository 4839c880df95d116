package hv.bench.vmbus;

import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.List;

/**
 * What a packet costs in processor time, each way in turn, many times over: so that what else the machine does falls on
 * all of them alike, and they can be compared where {@link RingBenchmark}'s figures come and go.
 */
final class RingComparison {
    private static final int ROUNDS = 100;
    private static final int WARM_ROUNDS = 20;
    private static final int PACKETS = 1 << 16;
    private static final int BATCH = 32;

    /** One way: {@code packets} of them. */
    private interface Way {
        long pass(int packets);
    }

    private record Compared(String name, Way way, double[] nanos) {
        Compared(String name, Way way) {
            this(name, way, new double[ROUNDS]);
        }

        void round(int round) {
            long before = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
            long sum = way.pass(PACKETS);
            long after = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
            if (sum == Long.MIN_VALUE) {
                // It never is; but so every packet has to be looked at.
                throw new IllegalStateException("packets of nothing");
            }
            nanos[round] = (double) (after - before) / PACKETS;
        }

        double median() {
            double[] sorted = nanos.clone();
            Arrays.sort(sorted);
            return sorted[ROUNDS / 2];
        }
    }

    private RingComparison() {}

    /** Measures and prints. */
    static void run() {
        RingBenchmark rings = new RingBenchmark();
        rings.open();
        Compared agrona = new Compared("Agrona, one by one", packets -> {
            long sum = 0;
            for (int i = 0; i < packets; i++) {
                sum += rings.agronaMessage();
            }
            return sum;
        });
        Compared agronaOf32 = new Compared("Agrona, 32 in one go", packets -> {
            long sum = 0;
            for (int i = 0; i < packets; i += BATCH) {
                sum += rings.agronaMessageOf32();
            }
            return sum;
        });
        Compared in = new Compared("guest to host, one by one", packets -> {
            long sum = 0;
            for (int i = 0; i < packets; i++) {
                sum += rings.guestToHost() ? 1 : 0;
            }
            return sum;
        });
        Compared inOf32 = new Compared("guest to host, 32 in one go", packets -> {
            long sum = 0;
            for (int i = 0; i < packets; i += BATCH) {
                sum += rings.guestToHostOf32() ? 1 : 0;
            }
            return sum;
        });
        Compared out = new Compared("host to guest, one by one", packets -> {
            long sum = 0;
            for (int i = 0; i < packets; i++) {
                sum += rings.hostToGuest();
            }
            return sum;
        });
        Compared outOf32 = new Compared("host to guest, 32 in one go", packets -> {
            long sum = 0;
            for (int i = 0; i < packets; i += BATCH) {
                sum += rings.hostToGuestOf32();
            }
            return sum;
        });
        List<Compared> all = List.of(agrona, in, out, agronaOf32, inOf32, outOf32);
        for (int round = -WARM_ROUNDS; round < ROUNDS; round++) {
            for (Compared each : all) {
                each.round(Math.max(0, round));
            }
        }
        System.out.println("processor time of a packet of 64 bytes, written and read, median of " + ROUNDS + " rounds");
        for (Compared each : all) {
            double base = each.name().contains("32") ? agronaOf32.median() : agrona.median();
            System.out.printf("%-30s %8.1f ns  %5.2f x%n", each.name(), each.median(), each.median() / base);
        }
    }
}
