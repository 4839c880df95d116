package hv.partition.vp;

/**
 * A rate that may be exceeded for a while but not in the long run: what is done too soon after what came before is paid
 * for by later waits. On one thread.
 */
final class Pace {
    private final long burstNanos;

    /** When what was done so far would have been done at the rate, from which the next wait follows. */
    private long paidUntilNanos;

    /**
     * A pace that nothing was done at yet.
     *
     * @param burstNanos how far what is done may be ahead of the rate
     * @param nowNanos by {@link System#nanoTime}, as all times here
     */
    Pace(long burstNanos, long nowNanos) {
        this.burstNanos = burstNanos;
        this.paidUntilNanos = nowNanos;
    }

    /** How long to wait at {@code nowNanos} until it may be done again; 0 or less if it may. */
    long waitNanos(long nowNanos) {
        return paidUntilNanos - nowNanos - burstNanos;
    }

    /** It is done at {@code nowNanos}, and may be done each {@code intervalNanos} in the long run. */
    void done(long nowNanos, long intervalNanos) {
        paidUntilNanos = Math.max(paidUntilNanos, nowNanos) + intervalNanos;
    }
}
