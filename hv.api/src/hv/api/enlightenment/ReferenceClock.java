package hv.api.enlightenment;

import org.osgi.annotation.versioning.ProviderType;

/**
 * Partition reference time, in units of 100 ns since the partition was built (TLFS "Timers": partition reference
 * counter).
 *
 * <p>One line through the guest's own time stamp counter: {@code time = high64(tsc * scale) + offset}, unsigned
 * product, truncated, wrapping sum. Whoever uses {@link #scale} and {@link #offset100ns} with the same TSC value gets
 * the same tick, which is why the counter MSR, the reference TSC page and the timers agree. Given by the partition; any
 * thread.
 */
@ProviderType
public interface ReferenceClock {
    /**
     * Reference time now. Never goes back on one thread, unless the TSC does; never negative: a TSC that has gone back
     * to before the beginning of time stands for that beginning.
     */
    long now100ns();

    /** The guest's time stamp counter now, the same on every VP. */
    long tsc();

    /** Frequency of that counter in Hz, as the guest sees it: see {@link ClockListener}. */
    long tscFrequencyHz();

    /**
     * Frequency in Hz that the counter has without emulation: what TSC_FREQUENCY reads. Another than
     * {@link #tscFrequencyHz} only while a guest is kept at the frequency it had on another host.
     */
    default long nativeTscFrequencyHz() {
        return tscFrequencyHz();
    }

    /** Ticks of 100 ns per TSC tick, times 2^64. */
    long scale();

    /** What is added to the scaled TSC. */
    long offset100ns();

    /**
     * The line's value at a given TSC value, unsigned: what a guest reads from the counter and works out from the page.
     */
    default long time100ns(long tsc) {
        return scaled(tsc, scale()) + offset100ns();
    }

    /**
     * The upper half of {@code tsc * scale}, both unsigned: the ticks of 100 ns in that many TSC ticks (TLFS 12.7.3).
     * Java 17 multiplies signed numbers only; what they take away too much is added again.
     */
    static long scaled(long tsc, long scale) {
        return Math.multiplyHigh(tsc, scale) + (tsc >> 63 & scale) + (scale >> 63 & tsc);
    }
}
