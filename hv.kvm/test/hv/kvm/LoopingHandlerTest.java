package hv.kvm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.kvm.error.KvmException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@DisplayName("A guest on KVM that is stopped while a handler loops on the thread of its VP")
@Timeout(120)
class LoopingHandlerTest {
    private static final String LINE = "VP 0 does not come to a safe point; it is at ";

    private final CountDownLatch inside = new CountDownLatch(1);
    private volatile boolean isOver;

    private long loop(int msr) {
        inside.countDown();
        while (!isOver) {
            Thread.interrupted();
            LockSupport.parkNanos(1_000_000);
        }
        return msr;
    }

    private static void refusesToClose(TestVm vm) {
        String line = assertThrows(KvmException.class, vm.vm::close).getMessage();
        assertTrue(line.startsWith(LINE), line);
        assertEquals(1, line.lines().count());
    }

    /** The thread needs a moment to come back, and a second attempt to close is not a patient one. */
    private static void closeInTheEnd(TestVm vm) {
        for (int attempt = 0; attempt < 600; attempt++) {
            try {
                vm.vm.close();
                return;
            } catch (KvmException e) {
                assertTrue(e.getMessage().startsWith("VP 0 does not come"), e.getMessage());
            }
        }
        vm.vm.close();
    }

    @Test
    @DisplayName(
            "It is waited for a bounded time, and nothing is taken from under it; once the handler is back the guest is gone")
    void isWaitedFor() throws Exception {
        try (TestVm vm = new TestVm(1)) {
            vm.partition.read = this::loop;
            vm.boot32(new Code().movEcx(0x4000_0002).rdmsr().outAl(0x11).halt());
            assertTrue(inside.await(30, TimeUnit.SECONDS));
            vm.vm.requestStop();
            refusesToClose(vm);
            assertEquals(0, vm.memory().getInt(0), "the guest's memory is there while its VP is");
            refusesToClose(vm);
            isOver = true;
            closeInTheEnd(vm);
            assertTrue(vm.outs.isEmpty(), "the guest has executed nothing more");
            assertTrue(vm.events.isEmpty(), () -> "nothing has failed: " + vm.events);
            assertThrows(IllegalStateException.class, () -> vm.memory().getInt(0));
        } finally {
            isOver = true;
        }
    }
}
