package hv.kvm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.api.PowerEvent;
import hv.api.machine.BootState;
import hv.kvm.abi.KvmDevice;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class LifecycleTest {
    @Test
    @DisplayName("Reset: the partition is reset, memory cleared, the image loaded again, VP 0 starts anew")
    void resetStartsAnew() {
        try (TestVm vm = new TestVm(2)) {
            // Memory word 0x500 is 0 at the start; the guest reports it, then changes it and itself.
            Code code = new Code()
                    .raw(0x8B, 0x04, 0x25, 0x00, 0x05, 0, 0) // mov eax, [0x500]
                    .outEax(0x10)
                    .store(0x500, 77)
                    .store(TestVm.CODE, 0)
                    .sti()
                    .spin();
            vm.boot64(code);
            for (int i = 1; i <= 3; i++) {
                assertEquals(new TestVm.Out(0x10, 4, 0), vm.next());
                assertEquals(i - 1, vm.partition.resets.get());
                vm.vm.reset();
            }
            assertEquals(new TestVm.Out(0x10, 4, 0), vm.next());
        }
    }

    @Test
    @DisplayName(
            "What is to be done before a reset finds memory and partition as they were; if it throws, there is none")
    void beforeReset() {
        try (TestVm vm = new TestVm(1)) {
            List<Integer> seen = new ArrayList<>();
            vm.vm.beforeReset(() -> {
                seen.add(vm.memory().getInt(0x500) - vm.partition.resets.get());
                if (seen.size() > 2) {
                    throw new IllegalStateException("not now");
                }
            });
            vm.boot64(new Code().store(0x500, 77).outEax(0x10).spin());
            vm.next();
            vm.vm.reset();
            vm.next();
            vm.vm.reset();
            vm.next();
            assertThrows(IllegalStateException.class, vm.vm::reset);
            assertEquals(List.of(77, 76, 75), seen);
            assertEquals(77, vm.memory().getInt(0x500));
            assertEquals(2, vm.partition.resets.get());
        }
    }

    @Test
    @DisplayName("The VP that asks for a reset does not run on; the listener may reset from where it is told")
    void powerEventHoldsTheVp() {
        TestVm[] holder = new TestVm[1];
        try (TestVm vm = new TestVm(1)) {
            holder[0] = vm;
            vm.partition.write = (msr, value) -> vm.vm.power(new PowerEvent.Reset(vm.vm.currentVp()));
            vm.boot32(new Code()
                    .movEcx(0x4000_0003)
                    .movEax(1)
                    .outAl(0x10)
                    .wrmsr()
                    .outAl(0x11)
                    .halt());
            assertEquals(0x10, vm.next().port());
            assertEquals("Reset[vp=0]", vm.nextEvent());
            // This listener did not reset, so the guest goes on after it.
            assertEquals(0x11, vm.next().port());
        }
    }

    @Test
    @DisplayName(
            "A reset from the listener, as often as the guest asks for it: nothing runs behind the access that asked")
    void listenerResets() {
        TestVm[] machine = new TestVm[1];
        try (TestVm vm = new TestVm(new VmSpec(2 << 20, 1, false, KvmDevice.DEFAULT), () -> machine[0].vm.reset())) {
            machine[0] = vm;
            vm.partition.write = (msr, value) -> vm.vm.power(new PowerEvent.Reset(0));
            vm.boot32(new Code()
                    .outAl(0x10)
                    .movEcx(0x4000_0003)
                    .wrmsr()
                    .outAl(0x11)
                    .halt());
            for (int i = 0; i < 200; i++) {
                assertEquals(0x10, vm.next().port(), "round " + i);
            }
        }
    }

    @Test
    @DisplayName(
            "An image that cannot be loaded again ends the guest with one line, whatever was thrown, and the VM can be closed")
    void resetWithoutImage() {
        try (TestVm vm = new TestVm(2)) {
            AtomicInteger loads = new AtomicInteger();
            byte[] code = new Code().outAl(0x10).jumpTo(0).bytes();
            vm.vm.boot(vm.partition, BootState.protectedMode(TestVm.CODE), () -> {
                if (loads.getAndIncrement() > 0) {
                    throw new InternalError("a fault occurred in an unsafe memory access operation");
                }
                vm.memory().write(TestVm.CODE, code, 0, code.length);
            });
            vm.next();
            assertThrows(InternalError.class, vm.vm::reset);
            String line = vm.nextEvent();
            assertTrue(
                    line.startsWith("failed 0: reset failed: this is an error of the program at LifecycleTest.java:")
                            && line.contains(": a fault"),
                    line);
            vm.vm.pause();
            vm.vm.resume();
        }
    }

    @Test
    @DisplayName("A partition that is not reset as a whole does not freeze the guest, which boots anew")
    void resetOfAFaultyPartition() {
        try (TestVm vm = new TestVm(2)) {
            vm.partition.reset = () -> {
                throw new AssertionError("a bundle fails");
            };
            vm.boot32(new Code().outAl(0x10).halt());
            vm.next();
            vm.vm.reset();
            vm.next();
            assertTrue(vm.events.isEmpty(), vm.events.toString());
        }
    }

    @Test
    @DisplayName("A guest that resets itself while it is saved is reset when that is done, not in the middle of it")
    void resetWaitsForSave() throws Exception {
        TestVm[] machine = new TestVm[1];
        AtomicBoolean isResumed = new AtomicBoolean();
        CompletableFuture<Boolean> resetAfterwards = new CompletableFuture<>();
        try (TestVm vm = new TestVm(new VmSpec(2 << 20, 1, false, KvmDevice.DEFAULT), () -> machine[0].vm.reset())) {
            machine[0] = vm;
            vm.partition.reset = () -> resetAfterwards.complete(isResumed.get());
            vm.boot32(new Code().outAl(0x10).spin());
            vm.next();
            vm.vm.pause();
            vm.vm.save();
            vm.vm.power(new PowerEvent.Reset(0));
            assertEquals("Reset[vp=0]", vm.nextEvent());
            vm.vm.save();
            isResumed.set(true);
            vm.vm.resume();
            assertTrue(resetAfterwards.get(30, TimeUnit.SECONDS));
        }
    }

    @Test
    @DisplayName("A VP that cannot be started leaves a VM that can be closed at once")
    void failedBoot() {
        TestVm vm = new TestVm(2);
        AtomicInteger calls = new AtomicInteger();
        assertThrows(
                IllegalStateException.class,
                () -> vm.vm.boot(
                        vm.partition,
                        vp -> {
                            if (calls.getAndIncrement() > 0) {
                                throw new IllegalStateException("VP 1");
                            }
                            return BootState.protectedMode(TestVm.CODE);
                        },
                        () -> {}));
        vm.close();
    }

    @Test
    @DisplayName(
            "A VP that stalls is saved and reset as if it ran, does not run until it is told to, and is stopped at once")
    void stall() throws Exception {
        TestVm[] machine = new TestVm[1];
        BlockingQueue<Runnable> stalls = new LinkedBlockingQueue<>();
        try (TestVm vm = new TestVm(1)) {
            machine[0] = vm;
            vm.partition.write = (msr, value) -> stalls.add(machine[0].vm.stall());
            vm.boot32(new Code().movEcx(0x4000_0003).wrmsr().outAl(0x11).jumpTo(5));
            stalls.poll(30, TimeUnit.SECONDS).run();
            assertEquals(0x11, vm.next().port());
            Runnable second = stalls.poll(30, TimeUnit.SECONDS);
            vm.vm.pause();
            vm.vm.save();
            vm.vm.resume();
            assertNull(vm.outs.poll(), "it waits");
            vm.vm.reset();
            second.run();
            assertTrue(stalls.poll(30, TimeUnit.SECONDS) != null, "it boots anew, and stalls");
            assertNull(vm.outs.poll(), "it waits");
        }
    }

    @Test
    @DisplayName("A paused guest stands still, still drains when kicked, and goes on when resumed")
    void pauseAndResume() throws InterruptedException {
        try (TestVm vm = new TestVm(1)) {
            java.util.concurrent.Semaphore drains = new java.util.concurrent.Semaphore(0);
            vm.boot32(new Code().outAl(0x10).jumpTo(0));
            vm.next();
            vm.vm.pause();
            vm.outs.clear();
            vm.partition.drain = vp -> drains.release();
            vm.vm.kick(0);
            assertTrue(drains.tryAcquire(20, TimeUnit.SECONDS), "a paused VP drains when it is kicked");
            assertNull(vm.outs.poll(), "a paused VP does not run");
            vm.vm.resume();
            vm.next();
        }
    }

    @Test
    @DisplayName("A triple fault is reported as a shutdown of that VP (KVM_EXIT_SHUTDOWN); a reset revives it")
    void tripleFault() {
        try (TestVm vm = new TestVm(1)) {
            // An IDT of limit 0, then UD2: the fault cannot be delivered, nor the double fault.
            vm.boot64(new Code()
                    .outAl(0x10)
                    .raw(0x0F, 0x01, 0x1C, 0x25, 0x00, 0x60, 0x01, 0x00)
                    .raw(0x0F, 0x0B));
            vm.next();
            assertEquals("shutdown 0", vm.nextEvent());
            vm.vm.reset();
            vm.next();
            assertEquals("shutdown 0", vm.nextEvent());
        }
    }

    @Test
    @DisplayName("A Java exception on a VP's thread ends in one line that says in words what and where")
    void exceptionIsReported() {
        try (TestVm vm = new TestVm(1)) {
            vm.partition.read = msr -> {
                throw new IllegalStateException("broken handler");
            };
            vm.boot32(new Code().movEcx(0x4000_0002).rdmsr().halt());
            String line = vm.nextEvent();
            assertTrue(
                    line.startsWith("failed 0: VP 0 stopped: this is an error of the program at LifecycleTest.java:")
                            && line.contains(": broken handler"),
                    line);
        }
    }

    @Test
    @DisplayName("An instruction outside memory that KVM cannot fetch ends in one line with exit, suberror and RIP")
    void internalErrorIsReported() {
        try (TestVm vm = new TestVm(1)) {
            vm.boot32(new Code().movEax(0xE000_0000).raw(0xFF, 0xE0));
            String line = vm.nextEvent();
            assertTrue(
                    line.startsWith("failed 0: VP 0 stopped: KVM cannot go on: KVM_EXIT_INTERNAL_ERROR, suberror 1"),
                    line);
            assertTrue(line.contains("rip 0xe0000000"), line);
        }
    }

    @Test
    @DisplayName("requestStop from a device ends the run: the guest executes nothing more")
    void deviceEndsTheRun() {
        try (TestVm vm = new TestVm(1)) {
            KvmVm[] machine = {vm.vm};
            vm.partition.read = msr -> {
                machine[0].requestStop();
                return 0;
            };
            vm.boot32(new Code().movEcx(0x4000_0002).rdmsr().outAl(0x11).halt());
            vm.vm.close();
            assertTrue(vm.outs.isEmpty());
        }
    }

    @Test
    @DisplayName("close is idempotent; after it memory cannot be touched and reset does nothing")
    void afterClose() {
        TestVm vm = new TestVm(1);
        vm.boot32(new Code().spin());
        vm.close();
        vm.close();
        vm.vm.reset();
        vm.vm.kick(0);
        assertThrows(IllegalStateException.class, () -> vm.memory().getInt(0));
    }

    @Test
    @DisplayName("50 VMs that ran leave no file and no map behind")
    void nothingLeaks() throws IOException {
        for (int i = 0; i < 5; i++) {
            runOne();
        }
        long files = count("/proc/self/fd");
        for (int i = 0; i < 50; i++) {
            runOne();
        }
        assertTrue(count("/proc/self/fd") <= files, () -> "files: " + files + " before, now more");
        String maps = Files.readString(Path.of("/proc/self/maps"));
        assertEquals(0, maps.lines().filter(line -> line.contains("kvm")).count(), "run pages are unmapped");
        // Guest memory is the only map here of exactly this size.
        assertEquals(0, maps.lines().filter(line -> bytes(line) == ODD_SIZE).count(), "guest memory is unmapped");
    }

    private static final long ODD_SIZE = (2 << 20) + 7 * 4096;

    private static void runOne() {
        try (TestVm vm = new TestVm(new VmSpec(ODD_SIZE, 2, false, KvmDevice.DEFAULT))) {
            vm.boot32(new Code().outAl(0x10).spin());
            vm.next();
        }
    }

    private static long count(String folder) throws IOException {
        try (Stream<Path> entries = Files.list(Path.of(folder))) {
            return entries.count();
        }
    }

    private static long bytes(String mapsLine) {
        String[] range = mapsLine.split(" ")[0].split("-");
        return Long.parseUnsignedLong(range[1], 16) - Long.parseUnsignedLong(range[0], 16);
    }
}
