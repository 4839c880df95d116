package hv.kvm.abi;

import hv.kvm.layout.KvmSignalMask;
import hv.kvm.layout.Timespec;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * The signal that gets a thread out of KVM_RUN. There is no handler: the signal is blocked on the vCPU's thread, the
 * kernel unblocks it only inside KVM_RUN (KVM_SET_SIGNAL_MASK), which then returns EINTR with the signal still pending,
 * and the thread takes it by {@code sigtimedwait}. One sent at any other moment stays pending until the next KVM_RUN,
 * so none is lost.
 *
 * <p>SIGURG: below SIGRTMIN, so it needs no place in the queue of signals, which all processes of a user share
 * (RLIMIT_SIGPENDING) and any of them can fill; unused by the C library and the JVM; and ignored by a thread that does
 * not block it.
 */
public final class KickSignal {
    /** SIGURG. */
    private static final int NUMBER = 23;

    private static final int PID = LibC.getpid();

    private final MemorySegment set;
    private final MemorySegment noWait;

    // Guarded by this object's monitor.
    private final MemorySegment capture;
    /** The thread, while the signal may be sent to it. */
    private int tid;

    /** For one vCPU's thread; segments live as long as {@code arena}. */
    public KickSignal(Arena arena) {
        set = arena.allocate(LibC.SIGSET_BYTES, 8);
        set.set(ValueLayout.JAVA_LONG, 0, bit());
        noWait = arena.allocate(Timespec.BYTES, 8);
        capture = arena.allocate(LibC.CAPTURE);
    }

    private static long bit() {
        return 1L << (NUMBER - 1);
    }

    /**
     * Blocks the signal on this thread and has {@code vcpu} unblock it while it is in the guest. On the vCPU's thread,
     * first of all.
     */
    public void arm(Vcpu vcpu) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment old = arena.allocate(LibC.SIGSET_BYTES, 8);
            MemorySegment failure = arena.allocate(LibC.CAPTURE);
            if (LibC.sigprocmask(failure, LibC.SIG_BLOCK, set, old) < 0) {
                throw Errno.refusal("rt_sigprocmask(SIG_BLOCK, " + NUMBER + ")", LibC.errno(failure));
            }
            MemorySegment mask = arena.allocate(KvmSignalMask.HEADER_BYTES + KvmSignalMask.SIGSET_BYTES, 4);
            mask.set(ValueLayout.JAVA_INT, KvmSignalMask.LEN, KvmSignalMask.SIGSET_BYTES);
            mask.set(ValueLayout.JAVA_LONG_UNALIGNED, KvmSignalMask.SIGSET, old.get(ValueLayout.JAVA_LONG, 0) & ~bit());
            vcpu.handle().call(Ioctl.KVM_SET_SIGNAL_MASK, mask);
        }
        synchronized (this) {
            tid = LibC.gettid();
        }
    }

    /** Ends what {@link #arm} began, on the same thread at its end. */
    public synchronized void disarm() {
        tid = 0;
    }

    /**
     * Takes a signal that is pending on this thread. If another one is sent afterwards, the next KVM_RUN returns at
     * once, and it is taken then.
     */
    public void takeOne() {
        LibC.sigtimedwait(set, noWait);
    }

    /**
     * Gets the thread out of KVM_RUN, or has it not enter; without effect while it is not armed. Any thread.
     *
     * @return 0, or the error for which the signal could not be sent: a thread that is in the guest stays there
     */
    public synchronized int send(RunPage run) {
        if (tid == 0) {
            return 0;
        }
        run.immediateExit(1);
        return LibC.tgkill(capture, PID, tid, NUMBER) < 0 ? LibC.errno(capture) : 0;
    }
}
