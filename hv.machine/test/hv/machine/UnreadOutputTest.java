package hv.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import hv.api.PowerEvent;
import hv.api.SavedState;
import hv.kvm.Kvm;
import hv.machine.MachineResult.End;
import hv.machine.boot.TestImages;
import hv.machine.device.SerialOutput;
import java.io.OutputStream;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A guest whose output nobody reads")
class UnreadOutputTest {
    /** {@code mov dx, 0x3F8; again: out dx, al; inc al; jmp again}: counts, in 64-bit code. */
    private static final int[] COUNT = {0x66, 0xBA, 0xF8, 0x03, 0xEE, 0xFE, 0xC0, 0xEB, 0xFB};

    private final CountDownLatch isFull = new CountDownLatch(1);
    private final CountDownLatch isRead = new CountDownLatch(1);
    private final CountDownLatch much = new CountDownLatch(1);
    private final AtomicLong count = new AtomicLong();
    private volatile String mistake = "";

    /** A pipe that takes one piece, and nothing more until it is read; then it must go on where it was. */
    private final OutputStream pipe = new OutputStream() {
        @Override
        public void write(int b) {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) {
            if (count.get() > 0) {
                isFull.countDown();
                try {
                    assertTrue(isRead.await(60, TimeUnit.SECONDS));
                } catch (InterruptedException e) {
                    throw new AssertionError(e);
                }
            }
            for (int i = 0; i < length; i++) {
                if (bytes[offset + i] != (byte) count.getAndIncrement()) {
                    mistake = "lost at " + count.get();
                }
            }
            if (count.get() > 4L * SerialOutput.FULL_BYTES) {
                much.countDown();
            }
        }
    };

    private final FakeHypervisor hypervisor = new FakeHypervisor(PowerEvent.Reset::new);

    @BeforeEach
    void needsKvm() {
        Kvm.whyUnusable().ifPresent(reason -> assumeTrue(false, "needs KVM: " + reason));
    }

    private MachineSpec spec() {
        return MachineSpec.of(
                "hv-reset", 1, 16 * TestImages.MIB, TestImages.flat(TestImages.bytes(COUNT)), "test", pipe);
    }

    @Test
    @DisplayName("is paused, saved and goes on; nothing of what it says is lost once somebody reads")
    void goesOn() throws Exception {
        try (Machine machine = Machine.start(hypervisor, spec())) {
            assertTrue(isFull.await(60, TimeUnit.SECONDS));
            machine.pause();
            SavedState saved = machine.save();
            assertTrue(
                    saved.sections().stream().anyMatch(section -> section.id().equals("uart")));
            machine.resume();
            isRead.countDown();
            assertTrue(much.await(60, TimeUnit.SECONDS), "it goes on");
        }
        assertEquals("", mistake);
    }

    @Test
    @DisplayName("is stopped at once")
    void isStopped() throws Exception {
        try (Machine machine = Machine.start(hypervisor, spec())) {
            assertTrue(isFull.await(60, TimeUnit.SECONDS));
            machine.stop();
            assertEquals(End.STOPPED, machine.await().end());
        }
        assertEquals(1, isRead.getCount(), "nobody has read");
        isRead.countDown();
    }
}
