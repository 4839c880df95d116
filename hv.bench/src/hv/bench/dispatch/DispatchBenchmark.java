package hv.bench.dispatch;

import hv.api.GuestFault;
import hv.api.enlightenment.Enlightenment;
import hv.api.enlightenment.MsrRange;
import hv.api.host.ConfigurationException;
import hv.api.host.GuestVp;
import hv.hosted.HostedHost;
import hv.partition.PartitionService;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.ServiceLoader;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What it costs to route an MSR access through a partition, without an exit: every enlightenment attached, hosted back
 * end.
 *
 * <p>"random" draws from all 512 MSRs of the window, most of which nobody answers, so it measures faults too.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class DispatchBenchmark {
    private static final int MSRS = MsrRange.WINDOW_LAST - MsrRange.WINDOW_FIRST + 1;
    private static final int DRAWS = 1 << 16;

    private final int[] msrs = new int[DRAWS];
    private final long[] values = new long[DRAWS];
    private GuestVp vp;
    private int next;

    /** Builds the partition and draws the accesses. */
    @Setup
    public void build() throws ConfigurationException {
        List<Enlightenment> all = new ArrayList<>();
        ServiceLoader.load(Enlightenment.class).forEach(all::add);
        vp = PartitionService.of(all)
                .create("hv-vpindex,hv-time", HostedHost.builder().build())
                .addVp();
        Random random = new Random(1);
        for (int i = 0; i < DRAWS; i++) {
            msrs[i] = MsrRange.WINDOW_FIRST + random.nextInt(MSRS);
            values[i] = random.nextLong() >>> random.nextInt(64);
        }
    }

    /** VP_INDEX: the cheapest handler there is. */
    @Benchmark
    public long readVpIndex() throws GuestFault {
        return vp.readMsr(0x4000_0002);
    }

    /** TIME_REF_COUNT: the clock and a multiplication. */
    @Benchmark
    public long readTimeRefCount() throws GuestFault {
        return vp.readMsr(0x4000_0020);
    }

    /** An MSR that nobody answers: #GP. */
    @Benchmark
    public long readUnrouted() {
        return read(0x4000_01F0);
    }

    /** Reads of random MSRs of the window. */
    @Benchmark
    public long readRandom() {
        return read(msrs[next++ & DRAWS - 1]);
    }

    /** Reads and writes of random MSRs of the window, with random values. */
    @Benchmark
    public long readAndWriteRandom() {
        int i = next++ & DRAWS - 1;
        if ((i & 1) == 0) {
            return read(msrs[i]);
        }
        try {
            vp.writeMsr(msrs[i], values[i]);
            return 0;
        } catch (GuestFault fault) {
            return 1;
        }
    }

    private long read(int msr) {
        try {
            return vp.readMsr(msr);
        } catch (GuestFault fault) {
            return fault.vector();
        }
    }
}
