package hv.bench.dispatch;

import hv.api.GuestFault;
import hv.api.enlightenment.Enlightenment;
import hv.api.enlightenment.MsrRange;
import hv.api.host.GuestVp;
import hv.hosted.HostedHost;
import hv.partition.PartitionService;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.ServiceLoader;

/** {@code ./hv bench dispatch}: ten million random accesses that must end in a value or #GP, then JMH's figures. */
public final class Dispatch {
    private static final int ACCESSES = 10_000_000;

    private Dispatch() {}

    /** Runs both; a failure ends in an exception. */
    public static void run(Optional<Path> json) throws Exception {
        storm();
        JmhRun.of(DispatchBenchmark.class, json);
    }

    private static void storm() throws Exception {
        List<Enlightenment> all = new ArrayList<>();
        ServiceLoader.load(Enlightenment.class).forEach(all::add);
        GuestVp vp = PartitionService.of(all)
                .create("hv-vpindex,hv-time", HostedHost.builder().build())
                .addVp();
        long seed = System.nanoTime();
        Random random = new Random(seed);
        long faults = 0;
        for (int i = 0; i < ACCESSES; i++) {
            int msr = MsrRange.WINDOW_FIRST + random.nextInt(MsrRange.WINDOW_LAST - MsrRange.WINDOW_FIRST + 1);
            try {
                if (random.nextBoolean()) {
                    vp.readMsr(msr);
                } else {
                    vp.writeMsr(msr, random.nextLong());
                }
            } catch (GuestFault fault) {
                faults++;
            }
        }
        System.out.printf(
                "%,d random accesses over 0x40000000-0x400001ff (seed %d): %,d answered, %,d #GP, no exception%n",
                ACCESSES, seed, ACCESSES - faults, faults);
    }
}
