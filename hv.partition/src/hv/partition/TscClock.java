package hv.partition;

import hv.api.ReferenceClock;
import hv.api.host.Host;
import java.math.BigInteger;

/**
 * Reference time as a line through the guest's TSC. Scale is floor(2^64 * 10^7 / frequency); offset makes the time 0 when the
 * partition is built (TLFS "Timers").
 */
final class TscClock implements ReferenceClock {
    private static final BigInteger TICKS_PER_SECOND = BigInteger.valueOf(10_000_000);

    private final Host host;
    private final long tscFrequencyHz;
    private final long scale;
    private volatile long offset100ns;

    TscClock(Host host) {
        this.host = host;
        this.tscFrequencyHz = host.facts().tscFrequencyHz();
        this.scale = BigInteger.ONE
                .shiftLeft(64)
                .multiply(TICKS_PER_SECOND)
                .divide(BigInteger.valueOf(tscFrequencyHz))
                .longValue();
        setNow100ns(0);
    }

    /** Moves the line so that it is {@code time100ns} now: at the start, and when saved time goes on. */
    void setNow100ns(long time100ns) {
        offset100ns = time100ns - Math.unsignedMultiplyHigh(host.guestTsc(), scale);
    }

    @Override
    public long now100ns() {
        return time100ns(host.guestTsc());
    }

    @Override
    public long tsc() {
        return host.guestTsc();
    }

    @Override
    public long tscFrequencyHz() {
        return tscFrequencyHz;
    }

    @Override
    public long scale() {
        return scale;
    }

    @Override
    public long offset100ns() {
        return offset100ns;
    }
}
