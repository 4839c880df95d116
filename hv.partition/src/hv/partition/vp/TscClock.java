package hv.partition.vp;

import hv.api.enlightenment.ReferenceClock;
import hv.api.host.Host;
import hv.partition.places.StateTransfer;
import hv.partition.places.TscFrequency;
import java.math.BigInteger;

/**
 * Reference time as a line through the guest's TSC. Scale is floor(2^64 * 10^7 / frequency); offset makes the time 0
 * when the partition is built (TLFS "Timers").
 *
 * <p>The line is one immutable object, so that a reader never mixes the scale of one with the offset of another. It is
 * replaced when saved time goes on and when the TSC gets another frequency. Any thread may read; {@link TscFrequency}
 * and {@link StateTransfer} replace.
 */
public final class TscClock implements ReferenceClock {
    private static final BigInteger TICKS_PER_SECOND = BigInteger.valueOf(10_000_000);

    private final Host host;
    private volatile Line line;
    private volatile long nativeTscFrequencyHz;

    /** Reference time made of the TSC. */
    private record Line(long tscFrequencyHz, long scale, long offset100ns) {
        static Line through(long tsc, long time100ns, long tscFrequencyHz) {
            long scale = BigInteger.ONE
                    .shiftLeft(64)
                    .multiply(TICKS_PER_SECOND)
                    .divide(BigInteger.valueOf(tscFrequencyHz))
                    .longValue();
            return new Line(tscFrequencyHz, scale, time100ns - ReferenceClock.scaled(tsc, scale));
        }

        long time100ns(long tsc) {
            return ReferenceClock.scaled(tsc, scale) + offset100ns;
        }
    }

    public TscClock(Host host) {
        this.host = host;
        nativeTscFrequencyHz = host.facts().tscFrequencyHz();
        line = Line.through(host.guestTsc(), 0, nativeTscFrequencyHz);
    }

    /** Moves the line so that it is {@code time100ns} now: when saved time goes on. */
    public void setNow100ns(long time100ns) {
        line = Line.through(host.guestTsc(), time100ns, line.tscFrequencyHz());
    }

    /** Bends the line: the guest's TSC runs at {@code frequencyHz} from now on, and the time does not jump. */
    public void bend(long frequencyHz) {
        long tsc = host.guestTsc();
        line = Line.through(tsc, line.time100ns(tsc), frequencyHz);
    }

    /** Takes note of what the processor's own counter does. */
    public void setNativeTscFrequencyHz(long frequencyHz) {
        nativeTscFrequencyHz = frequencyHz;
    }

    /** The line as it is, for {@link #putBack}. */
    public Object mark() {
        return line;
    }

    /** Has the line be again what it was at {@code mark}: no time is lost. */
    public void putBack(Object mark) {
        line = (Line) mark;
    }

    @Override
    public long now100ns() {
        return Math.max(0, time100ns(host.guestTsc()));
    }

    @Override
    public long time100ns(long tsc) {
        return line.time100ns(tsc);
    }

    @Override
    public long tsc() {
        return host.guestTsc();
    }

    @Override
    public long tscFrequencyHz() {
        return line.tscFrequencyHz();
    }

    @Override
    public long nativeTscFrequencyHz() {
        return nativeTscFrequencyHz;
    }

    @Override
    public long scale() {
        return line.scale();
    }

    @Override
    public long offset100ns() {
        return line.offset100ns();
    }
}
