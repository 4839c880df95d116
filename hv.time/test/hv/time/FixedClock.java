package hv.time;

import hv.api.enlightenment.ReferenceClock;

/**
 * A line that somebody chose.
 *
 * @param scale its scale
 * @param offset100ns its offset
 */
record FixedClock(long scale, long offset100ns) implements ReferenceClock {
    @Override
    public long now100ns() {
        return time100ns(tsc());
    }

    @Override
    public long tsc() {
        return 0;
    }

    @Override
    public long tscFrequencyHz() {
        return 1_000_000_000;
    }
}
