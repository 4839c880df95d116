package hv.stimer;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.sun.management.ThreadMXBean;
import hv.api.GuestMemory;
import hv.api.HostFacts;
import hv.api.PowerEvent;
import hv.api.Vendor;
import hv.api.host.GuestPartition;
import hv.api.host.GuestVp;
import hv.api.host.Host;
import hv.api.host.ManualClock;
import hv.hosted.BufferMemory;
import hv.partition.PartitionService;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("What a tick allocates: nothing")
class AllocationTest {
    private static final int SLOT1 = 0x8100;
    private static final int ROUNDS = 10_000;

    /** A host that remembers nothing. Time passes by one unit per look at the clock. */
    private static final class ForgetfulHost implements Host, ManualClock {
        private final BufferMemory memory = new BufferMemory(1 << 20);
        private long tsc;
        private int interrupts;

        @Override
        public String name() {
            return "forgetful";
        }

        @Override
        public HostFacts facts() {
            return HostFacts.builder(Vendor.INTEL, 20_000_000, 1_000_000_000).build();
        }

        @Override
        public GuestMemory memory() {
            return memory;
        }

        @Override
        public long guestTsc() {
            return tsc += 2;
        }

        @Override
        public byte[] hypercallPage() {
            return new byte[1];
        }

        @Override
        public void kick(int vp) {}

        @Override
        public void interrupt(int vp, int vector) {
            interrupts++;
        }

        @Override
        public void power(PowerEvent event) {}

        @Override
        public boolean isClockManual() {
            return true;
        }
    }

    private interface Step {
        void run() throws Exception;
    }

    private final ForgetfulHost host = new ForgetfulHost();
    private final GuestVp vp = start();

    private GuestVp start() {
        try {
            GuestPartition partition =
                    PartitionService.of(Timers.deployed()).create("hv-stimer,hv-synic,hv-time,hv-vpindex", host);
            GuestVp first = partition.addVp();
            first.writeMsr(Timers.SIMP, 0x8001);
            first.writeMsr(Timers.SINT0 + 1, 0x51);
            return first;
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private static void assertAllocatesNothing(Step step) throws Exception {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        for (int i = 0; i < ROUNDS; i++) {
            step.run();
        }
        long before = threads.getCurrentThreadAllocatedBytes();
        long overhead = threads.getCurrentThreadAllocatedBytes() - before;
        before = threads.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < ROUNDS; i++) {
            step.run();
        }
        long bytes = threads.getCurrentThreadAllocatedBytes() - before - overhead;
        assertEquals(0, bytes / ROUNDS, bytes + " bytes in " + ROUNDS + " rounds");
    }

    @Test
    @DisplayName("a message of a timer that expires, and its acknowledgement")
    void message() throws Exception {
        vp.writeMsr(Timers.CONFIG0, Timers.sint(1) | Timers.AUTO_ENABLE);
        assertAllocatesNothing(() -> {
            vp.writeMsr(Timers.COUNT0, 1);
            host.memory().putInt(SLOT1, 0);
            vp.writeMsr(Timers.EOM, 0);
        });
        assertEquals(2 * ROUNDS, host.interrupts, "interrupts");
    }

    @Test
    @DisplayName("setting a timer for later, and reading its registers")
    void setting() throws Exception {
        vp.writeMsr(Timers.CONFIG0, Timers.sint(1) | Timers.AUTO_ENABLE);
        long[] due = {1L << 50};
        assertAllocatesNothing(() -> {
            vp.writeMsr(Timers.COUNT0, due[0]++);
            vp.readMsr(Timers.CONFIG0);
            vp.readMsr(Timers.COUNT0);
        });
    }

    @Test
    @DisplayName("a direct interrupt")
    void direct() throws Exception {
        vp.writeMsr(Timers.CONFIG0, 0x60 << 4 | Timers.DIRECT | Timers.AUTO_ENABLE);
        assertAllocatesNothing(() -> vp.writeMsr(Timers.COUNT0, 1));
        assertEquals(2 * ROUNDS, host.interrupts, "interrupts");
    }
}
