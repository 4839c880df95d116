package hv.kvm;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import hv.api.VpSet;
import java.io.IOException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KickTest {
    /** Work that the VP finds when it drains. */
    private final AtomicBoolean posted = new AtomicBoolean();

    private final Semaphore done = new Semaphore(0);

    private void takeWork() {
        if (posted.getAndSet(false)) {
            done.release();
        }
    }

    private void demand(TestVm vm, int times) throws InterruptedException {
        for (int i = 0; i < times; i++) {
            posted.set(true);
            vm.vm.kick(0);
            assertTrue(done.tryAcquire(20, TimeUnit.SECONDS), "kick " + i + " was lost");
        }
    }

    @Test
    @DisplayName("A VP in an endless loop leaves the guest when it is kicked (KVM_SET_SIGNAL_MASK, EINTR)")
    void kickEndsALoop() throws InterruptedException {
        try (TestVm vm = new TestVm(1)) {
            vm.partition.drain = vp -> takeWork();
            vm.boot32(new Code().outAl(0x10).spin());
            vm.next();
            demand(vm, 20);
        }
    }

    @Test
    @DisplayName("A halted VP leaves KVM_RUN when it is kicked, and is halted again afterwards")
    void kickReachesAHaltedVp() throws InterruptedException {
        try (TestVm vm = new TestVm(1)) {
            vm.partition.drain = vp -> takeWork();
            vm.boot32(new Code().outAl(0x10).cli().hlt().outAl(0x11).halt());
            vm.next();
            demand(vm, 20);
            assertTrue(vm.outs.isEmpty(), "a kick must not end HLT");
        }
    }

    @Test
    @DisplayName("A VP that waits for SIPI drains too when it is kicked")
    void kickReachesAWaitingVp() throws InterruptedException {
        try (TestVm vm = new TestVm(2)) {
            vm.partition.drain = vp -> {
                if (vp == 1) {
                    takeWork();
                }
            };
            vm.boot32(new Code().halt());
            for (int i = 0; i < 20; i++) {
                posted.set(true);
                vm.vm.kick(1);
                assertTrue(done.tryAcquire(20, TimeUnit.SECONDS), "kick " + i + " was lost");
            }
        }
    }

    @ParameterizedTest(name = "{0} threads")
    @ValueSource(ints = {1, 3})
    @DisplayName(
            "No kick is lost, whatever the VP is doing at that moment: between drain and entry, in the guest, at an exit")
    void noKickIsLost(int threads) throws InterruptedException {
        try (TestVm vm = new TestVm(1)) {
            Semaphore[] answers = new Semaphore[threads];
            AtomicBoolean[] work = new AtomicBoolean[threads];
            for (int i = 0; i < threads; i++) {
                answers[i] = new Semaphore(0);
                work[i] = new AtomicBoolean();
            }
            vm.partition.drain = vp -> {
                for (int i = 0; i < threads; i++) {
                    if (work[i].getAndSet(false)) {
                        answers[i].release();
                    }
                }
            };
            vm.partition.read = msr -> 0;
            // Alternates exits with short stretches in the guest, then halts until the next kick finds it there: rdmsr;
            // loop 100
            Code code = new Code().movEcx(0x4000_0020);
            int top = code.size();
            vm.boot32(code.rdmsr().raw(0xF3, 0x90, 0xF3, 0x90).jumpTo(top));
            AtomicBoolean lost = new AtomicBoolean();
            Thread[] kickers = new Thread[threads];
            for (int t = 0; t < threads; t++) {
                int me = t;
                kickers[t] = Thread.ofPlatform().start(() -> {
                    try {
                        for (int i = 0; i < 2000 && !lost.get(); i++) {
                            work[me].set(true);
                            vm.vm.kick(0);
                            if (!answers[me].tryAcquire(20, TimeUnit.SECONDS)) {
                                lost.set(true);
                            }
                        }
                    } catch (InterruptedException e) {
                        lost.set(true);
                    }
                });
            }
            for (Thread kicker : kickers) {
                kicker.join();
            }
            assertTrue(!lost.get(), "a kick was lost");
        }
    }

    /** Runs {@code prlimit} on this process, and returns what it says. */
    private static String prlimit(String... arguments) throws IOException, InterruptedException {
        String[] words = new String[arguments.length + 3];
        words[0] = "prlimit";
        words[1] = "--pid";
        words[2] = String.valueOf(ProcessHandle.current().pid());
        System.arraycopy(arguments, 0, words, 3, arguments.length);
        Process process = new ProcessBuilder(words).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes());
        assumeTrue(process.waitFor() == 0, () -> "needs prlimit of util-linux: " + said);
        return said;
    }

    @Test
    @DisplayName(
            "With no place left in the queue of signals (RLIMIT_SIGPENDING 0) a VP is kicked all the same, flushes and stops")
    void needsNoQueue() throws Exception {
        try {
            prlimit("--version");
        } catch (IOException e) {
            assumeTrue(false, "needs prlimit of util-linux");
        }
        String before = prlimit("--sigpending", "--noheadings", "--raw", "--output", "SOFT")
                .strip();
        prlimit("--sigpending=0:");
        try (TestVm vm = new TestVm(2)) {
            vm.partition.drain = vp -> takeWork();
            vm.boot32(new Code().outAl(0x10).spin());
            vm.next();
            demand(vm, 20);
            VpSet all = new VpSet();
            all.addFirst(2);
            assertTrue(vm.vm.flushTlb(1, all), "a flush by VP 1 of VP 0, which runs");
            vm.vm.pause();
            vm.vm.resume();
        } finally {
            prlimit("--sigpending=" + before + ":");
        }
    }
}
