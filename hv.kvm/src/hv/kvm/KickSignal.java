package hv.kvm;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * The signal that gets a thread out of KVM_RUN. There is no handler: the signal is blocked on the vCPU's thread, the
 * kernel unblocks it only inside KVM_RUN (KVM_SET_SIGNAL_MASK), which then returns EINTR with the signal still pending,
 * and the thread takes it by {@code sigtimedwait}. One sent at any other moment stays pending until the next KVM_RUN,
 * so none is lost.
 *
 * <p>A real-time signal far from those that the C library and the JVM use.
 */
final class KickSignal {
    private static final int NUMBER = LibC.sigrtmin() + 9;
    private static final int KERNEL_SIGSET_BYTES = 8;
    private static final int PID = LibC.getpid();

    private final MemorySegment set;
    private final MemorySegment noWait;

    // Guarded by this object's monitor: the thread, while the signal may be sent to it; sent to another it would end
    // the process.
    private int tid;

    /** For one vCPU's thread; segments live as long as {@code arena}. */
    KickSignal(Arena arena) {
        set = arena.allocate(LibC.SIGSET_BYTES, 8);
        set.set(ValueLayout.JAVA_LONG, 0, bit());
        noWait = arena.allocate(16, 8);
    }

    private static long bit() {
        return 1L << (NUMBER - 1);
    }

    /**
     * Blocks the signal on this thread and has {@code vcpu} unblock it while it is in the guest. On the vCPU's thread,
     * first of all.
     */
    void arm(Vcpu vcpu) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment old = arena.allocate(LibC.SIGSET_BYTES, 8);
            int error = LibC.pthreadSigmask(LibC.SIG_BLOCK, set, old);
            if (error != 0) {
                throw KvmException.of("pthread_sigmask(SIG_BLOCK, " + NUMBER + ")", error);
            }
            MemorySegment mask = arena.allocate(4 + KERNEL_SIGSET_BYTES, 4);
            mask.set(ValueLayout.JAVA_INT, 0, KERNEL_SIGSET_BYTES);
            mask.set(ValueLayout.JAVA_LONG_UNALIGNED, 4, old.get(ValueLayout.JAVA_LONG, 0) & ~bit());
            vcpu.handle().call(Ioctl.KVM_SET_SIGNAL_MASK, mask);
        }
        synchronized (this) {
            tid = LibC.gettid();
        }
    }

    /**
     * Ends what {@link #arm} began, on the same thread at its end. The JVM then gives the thread back its first signal
     * mask: a signal still pending would end the process.
     */
    void disarm() {
        synchronized (this) {
            tid = 0;
        }
        drain();
    }

    /** Takes a signal that is pending on this thread. If there is another one, the next KVM_RUN returns at once, and it is taken then. */
    void takeOne() {
        LibC.sigtimedwait(set, noWait);
    }

    private void drain() {
        while (LibC.sigtimedwait(set, noWait) == NUMBER) {
            continue;
        }
    }

    /** Gets the thread out of KVM_RUN, or has it not enter; without effect while it is not armed. Any thread. */
    synchronized void send(RunPage run) {
        if (tid != 0) {
            run.immediateExit(1);
            LibC.tgkill(PID, tid, NUMBER);
        }
    }
}
