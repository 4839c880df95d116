package hv.kvm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.api.PowerEvent;
import hv.api.VpSet;
import hv.kvm.abi.KvmDevice;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A VP that its partition makes wait is out of the guest and holds nobody up who only wants that")
class BlockedVpTest {
    private final CountDownLatch inside = new CountDownLatch(1);
    private final CountDownLatch gate = new CountDownLatch(1);

    private static void await(CountDownLatch latch) {
        try {
            assertTrue(latch.await(30, TimeUnit.SECONDS));
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** A guest that says something again and again; VP 0 then waits inside {@code drain}. */
    private TestVm blocked() {
        TestVm vm = new TestVm(1).boot32(new Code().outAl(0x10).jumpTo(0));
        vm.next();
        vm.partition.drain = vp -> {
            inside.countDown();
            await(gate);
        };
        vm.vm.kick(0);
        await(inside);
        return vm;
    }

    @Test
    @DisplayName("pause returns, and the VP does not run when it comes back; resume lets it")
    void pause() {
        try (TestVm vm = blocked()) {
            vm.vm.pause();
            assertEquals(1, gate.getCount(), "it still waits");
            vm.outs.clear();
            gate.countDown();
            vm.vm.save();
            assertNull(vm.outs.poll(), "it did not run");
            vm.vm.resume();
            vm.next();
        }
    }

    @Test
    @DisplayName("A TLB flush returns at once: the VP flushes before it enters the guest again")
    void flush() {
        try (TestVm vm = blocked()) {
            VpSet all = new VpSet();
            all.addFirst(1);
            assertTrue(vm.vm.flushTlb(0, all));
            assertEquals(1, gate.getCount());
            gate.countDown();
        }
    }

    @Test
    @DisplayName("Saving, resetting and stopping wait until it is out of the partition")
    void othersWait() throws Exception {
        try (TestVm vm = blocked()) {
            vm.vm.pause();
            CompletableFuture<Void> saved = CompletableFuture.runAsync(vm.vm::save);
            CompletableFuture<Void> stopped = CompletableFuture.runAsync(vm.vm::stop);
            assertFalse(saved.isDone() || stopped.isDone());
            gate.countDown();
            stopped.get(30, TimeUnit.SECONDS);
            saved.handle((nothing, failed) -> failed).get(30, TimeUnit.SECONDS);
        }
    }

    @Test
    @DisplayName("A VP whose reset is still to be done is saved after it, not before")
    void savesAfterTheReset() throws Exception {
        TestVm[] machine = new TestVm[1];
        Runnable onPower = () -> {
            inside.countDown();
            await(gate);
            machine[0].vm.reset();
        };
        try (TestVm vm = new TestVm(new VmSpec(2 << 20, 1, false, KvmDevice.DEFAULT), onPower)) {
            machine[0] = vm;
            vm.partition.write = (msr, value) -> vm.vm.power(new PowerEvent.Reset(0));
            vm.boot32(new Code()
                    .outAl(0x10)
                    .movEcx(0x4000_0003)
                    .wrmsr()
                    .outAl(0x11)
                    .halt());
            vm.next();
            await(inside);
            vm.vm.pause();
            CompletableFuture<Saved> saved = CompletableFuture.supplyAsync(() -> Saved.of(vm));
            gate.countDown();
            try (TestVm other = new TestVm(1)) {
                other.partition.write = (msr, value) -> other.outs.add(new TestVm.Out(0, 0, 0));
                other.vm.pause();
                other.boot32(new Code().halt());
                saved.get(30, TimeUnit.SECONDS).goOn(other);
                assertEquals(0x10, other.next().port(), "it starts anew");
            }
        }
    }
}
