package hv.kvm.vcpu;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * A VP's way into the guest and out again, counted, so that others can tell when it has left; and the wish that it
 * flush its TLB before it is in again. The two belong together: who wishes, then finds the VP outside, knows that it
 * will flush first.
 */
final class Passage {
    private static final VarHandle COUNT;

    static {
        try {
            COUNT = MethodHandles.lookup().findVarHandle(Passage.class, "count", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final Entry entry;

    /**
     * Odd while KVM_RUN may be running guest code, one more with each entry and each exit. Written by the VP's thread
     * only; its order with {@code flushWanted} makes a flush complete: entering is a volatile store, because the wish
     * is looked at right after it; leaving need be no more than a release.
     */
    private volatile long count;

    private volatile boolean flushWanted;

    Passage(Entry entry) {
        this.entry = entry;
    }

    /** As {@link Entry#enter}. On the VP's thread. */
    boolean enter() {
        long entered = (long) COUNT.get(this) + 1;
        COUNT.setVolatile(this, entered);
        if (flushWanted) {
            entry.immediateExit(true); // Finish the exit and come back by EINTR, where it is done.
        }
        try {
            return entry.enter();
        } finally {
            COUNT.setRelease(this, entered + 1);
        }
    }

    /** Which passage it is now, as far as 32 bits tell; odd in the guest. Any thread. */
    int now() {
        return (int) count;
    }

    boolean isInGuest() {
        return (count & 1) != 0;
    }

    /** Whether the VP has been outside since {@link #now} was {@code seen}. Any thread. */
    boolean hasLeft(int seen) {
        return (seen & 1) == 0 || (int) count != seen;
    }

    /** Wishes a flush. Any thread. */
    void wantFlush() {
        flushWanted = true;
    }

    /** Whether a flush was wished for, and none more. On the VP's thread, outside. */
    boolean takeFlush() {
        boolean wanted = flushWanted;
        if (wanted) {
            flushWanted = false;
        }
        return wanted;
    }
}
