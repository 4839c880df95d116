package hv.hosted;

import hv.api.enlightenment.ReferenceClock;
import java.math.BigInteger;
import java.util.concurrent.atomic.AtomicReference;

/**
 * The guest's time stamp counter: a number that somebody sets, plus, if it runs, the ticks since then.
 *
 * <p>Standing still is for tests: time passes when they say so. Running follows {@link System#nanoTime}, the one clock
 * of the JVM that never goes back. Its frequency may change, its value then goes on. Any thread; a reader sees one
 * value or the other when another thread sets it.
 */
final class GuestTsc {
    private static final BigInteger TICKS_100NS_PER_SECOND = BigInteger.valueOf(10_000_000);
    private static final BigInteger NANOS_PER_SECOND = BigInteger.valueOf(1_000_000_000);
    private static final BigInteger TWO_TO_64 = BigInteger.ONE.shiftLeft(64);

    private final boolean isRunning;
    private final AtomicReference<Course> course = new AtomicReference<>();

    /**
     * How the counter goes on from one moment.
     *
     * @param ticks its value then
     * @param startNanos the host's time then
     * @param ticksPerNano2To32 ticks per nanosecond, times 2^32
     * @param scale units of 100 ns per tick, times 2^64
     * @param offset100ns what is added to the scaled value, so that time does not jump when the frequency changes
     */
    private record Course(long ticks, long startNanos, long ticksPerNano2To32, long scale, long offset100ns) {
        long ticksAt(long nanos) {
            long passed = nanos - startNanos;
            long high = Math.multiplyHigh(passed, ticksPerNano2To32);
            return ticks + (high << 32 | passed * ticksPerNano2To32 >>> 32);
        }

        long time100ns(long ticksNow) {
            return ReferenceClock.scaled(ticksNow, scale) + offset100ns;
        }

        Course from(long newTicks, long nanos) {
            return new Course(newTicks, nanos, ticksPerNano2To32, scale, offset100ns);
        }
    }

    private GuestTsc(long frequencyHz, boolean isRunning) {
        this.isRunning = isRunning;
        course.set(course(0, nanos(), 0, frequencyHz));
    }

    /** One that stands still at 0. */
    static GuestTsc manual(long frequencyHz) {
        return new GuestTsc(frequencyHz, false);
    }

    /** One that runs from 0. */
    static GuestTsc running(long frequencyHz) {
        return new GuestTsc(frequencyHz, true);
    }

    private static Course course(long ticks, long nanos, long time100ns, long frequencyHz) {
        BigInteger hz = BigInteger.valueOf(frequencyHz);
        long scale = TWO_TO_64.multiply(TICKS_100NS_PER_SECOND).divide(hz).longValue();
        return new Course(
                ticks,
                nanos,
                hz.shiftLeft(32).divide(NANOS_PER_SECOND).longValueExact(),
                scale,
                time100ns - ReferenceClock.scaled(ticks, scale));
    }

    /** The host's time; for a counter that stands still always the same. */
    private long nanos() {
        return isRunning ? System.nanoTime() : 0;
    }

    long now() {
        return course.get().ticksAt(nanos());
    }

    /** The time that has passed, in units of 100 ns, as the counter tells it. */
    long time100ns() {
        Course now = course.get();
        return now.time100ns(now.ticksAt(nanos()));
    }

    void set(long ticks) {
        course.updateAndGet(old -> old.from(ticks, nanos()));
    }

    void advance(long ticks) {
        course.updateAndGet(old -> {
            long nanos = nanos();
            return old.from(old.ticksAt(nanos) + ticks, nanos);
        });
    }

    /** The counter goes on from where it is, at another frequency. */
    void setFrequency(long frequencyHz) {
        course.updateAndGet(old -> {
            long nanos = nanos();
            long ticks = old.ticksAt(nanos);
            return course(ticks, nanos, old.time100ns(ticks), frequencyHz);
        });
    }

    /**
     * Advances a counter that stands still until reference time has gone on by exactly {@code time100ns}: the smallest
     * counter value that the clock's truncating formula maps to the wanted time.
     *
     * @param time100ns 1 or more
     */
    void advance100ns(long time100ns) {
        long before = now();
        long scale = course.get().scale();
        BigInteger target =
                BigInteger.valueOf(ReferenceClock.scaled(before, scale)).add(BigInteger.valueOf(time100ns));
        BigInteger factor = unsigned(scale);
        BigInteger ticks =
                target.shiftLeft(64).add(factor).subtract(BigInteger.ONE).divide(factor);
        advance(ticks.longValue() - before);
    }

    private static BigInteger unsigned(long value) {
        return new BigInteger(Long.toUnsignedString(value));
    }
}
