package hv.machine;

import java.util.function.LongSupplier;

/**
 * Tells a guest that reboots now and then from one that does nothing else: more than {@link #MOST} resets within a
 * minute.
 */
final class ResetLimit {
    static final int MOST = 32;
    private static final long WINDOW_NANOS = 60_000_000_000L;

    private final LongSupplier nanoTime;
    private final long[] newest = new long[MOST];
    private int count;

    ResetLimit(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /** Notes a reset. Returns false if it is one too many. */
    synchronized boolean admit() {
        long now = nanoTime.getAsLong();
        int slot = count % MOST;
        if (count >= MOST && now - newest[slot] < WINDOW_NANOS) {
            return false;
        }
        newest[slot] = now;
        count++;
        return true;
    }

    /** How many there were. */
    synchronized int count() {
        return count;
    }
}
