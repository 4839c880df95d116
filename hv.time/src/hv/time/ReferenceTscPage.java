package hv.time;

import hv.api.GuestMemory;
import hv.api.GuestPage;
import hv.api.enlightenment.MsrHandler;
import hv.api.enlightenment.ReferenceClock;
import java.lang.invoke.VarHandle;

/**
 * HV_X64_MSR_REFERENCE_TSC and the page behind it.
 *
 * <p>Reading the register is one volatile load. Writing it, a handful of times in a guest's life, takes a lock, so that
 * two VPs never write the page at once.
 */
final class ReferenceTscPage implements MsrHandler {
    private static final int TSC_SEQUENCE = 0;
    private static final int RESERVED1 = 4;
    private static final int TSC_SCALE = 8;
    private static final int TSC_OFFSET = 16;

    private final GuestMemory memory;
    private final ReferenceClock clock;
    private volatile long register;
    private boolean isStale;

    ReferenceTscPage(GuestMemory memory, ReferenceClock clock) {
        this.memory = memory;
        this.clock = clock;
    }

    long register() {
        return register;
    }

    @Override
    public long read(int msr) {
        return register;
    }

    @Override
    public synchronized void write(int msr, long value) {
        register = value;
        isStale = false;
        refresh();
    }

    /** Takes a saved register; the page is written by {@link #refreshIfStale}. */
    synchronized void restore(long value) {
        register = value;
        isStale = true;
    }

    /** The clock's scale or offset has changed: the guest must not go on with the old ones. */
    synchronized void follow() {
        refresh();
    }

    /**
     * Writes the page after a restore, unless it says already what it must: then nobody who reads it is made to read
     * again.
     */
    synchronized void refreshIfStale() {
        if (isStale) {
            isStale = false;
            if (!isTrue()) {
                refresh();
            }
        }
    }

    /** Whether the page is valid and holds the clock's line. */
    private boolean isTrue() {
        if (!GuestPage.isUsable(register, memory)) {
            return false;
        }
        long gpa = GuestPage.gpa(register);
        return memory.getIntAcquire(gpa + TSC_SEQUENCE) != 0
                && memory.getLong(gpa + TSC_SCALE) == clock.scale()
                && memory.getLong(gpa + TSC_OFFSET) == clock.offset100ns();
    }

    synchronized void reset() {
        register = 0;
        isStale = false;
    }

    private void refresh() {
        long value = register;
        if (!GuestPage.isUsable(value, memory)) {
            return;
        }
        long gpa = GuestPage.gpa(value);
        int sequence = memory.getIntAcquire(gpa + TSC_SEQUENCE);
        memory.putIntRelease(gpa + TSC_SEQUENCE, 0);
        // A release store keeps what is before it from moving down, not what is after it from moving up.
        VarHandle.storeStoreFence();
        memory.putInt(gpa + RESERVED1, 0);
        memory.putLong(gpa + TSC_SCALE, clock.scale());
        memory.putLong(gpa + TSC_OFFSET, clock.offset100ns());
        memory.putIntRelease(gpa + TSC_SEQUENCE, next(sequence));
    }

    /** The sequence after {@code sequence}: neither 0 nor 0xFFFFFFFF. */
    static int next(int sequence) {
        int next = sequence + 1;
        return next == 0 || next == -1 ? 1 : next;
    }
}
