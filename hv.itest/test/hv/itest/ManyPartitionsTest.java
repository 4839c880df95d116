package hv.itest;

import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.api.host.GuestPartition;
import hv.api.host.GuestVp;
import hv.api.host.Hypervisor;
import hv.hosted.HostedHost;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** One JVM with many guests. */
@Timeout(120)
class ManyPartitionsTest {
    private static final int PARTITIONS = 1_000;
    private static final int MOST_THREADS = 3;
    private static final int MEMORY_BYTES = 1 << 16;
    private static final int HV_X64_MSR_SCONTROL = 0x4000_0080;
    private static final int HV_X64_MSR_STIMER0_CONFIG = 0x4000_00B0;
    private static final int HV_X64_MSR_STIMER0_COUNT = 0x4000_00B1;
    private static final long PERIODIC_TO_SINT_2 = 2L << 16 | 0b11;
    private static final long SECOND_100NS = 10_000_000;

    @Test
    @DisplayName("1,000 partitions with timers that run have at most 3 threads of ours, once they are made")
    void fewThreads() throws Exception {
        Hypervisor hypervisor = ServiceLoader.load(Hypervisor.class).findFirst().orElseThrow();
        List<GuestPartition> partitions = new ArrayList<>();
        try {
            for (int i = 0; i < PARTITIONS; i++) {
                GuestPartition partition = hypervisor.create(
                        "hv-time,hv-vpindex,hv-synic,hv-stimer,hv-enforce-cpuid",
                        HostedHost.builder()
                                .memoryBytes(MEMORY_BYTES)
                                .runningClock()
                                .build());
                partitions.add(partition);
                GuestVp vp = partition.addVp();
                vp.writeMsr(HV_X64_MSR_SCONTROL, 1);
                vp.writeMsr(HV_X64_MSR_STIMER0_COUNT, SECOND_100NS);
                vp.writeMsr(HV_X64_MSR_STIMER0_CONFIG, PERIODIC_TO_SINT_2);
            }
            // Threads that called bundles while the partitions were made end when they are not needed for some seconds.
            while (ourThreads().size() > MOST_THREADS) {
                Thread.sleep(50);
            }
            assertTrue(ourThreads().contains("hv-alarms"), () -> "no timers: " + ourThreads());
        } finally {
            partitions.forEach(GuestPartition::close);
        }
    }

    private static List<String> ourThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(name -> name.startsWith("hv-"))
                .sorted()
                .toList();
    }
}
