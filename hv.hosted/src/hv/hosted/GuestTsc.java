package hv.hosted;

import java.math.BigInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * The guest's time stamp counter: a number that somebody sets, plus, if it runs, the ticks since then.
 *
 * <p>Standing still is for tests: time passes when they say so. Running follows {@link System#nanoTime}, the one clock of the JVM that
 * never goes back. Any thread; a reader sees one value or the other when another thread sets it.
 */
final class GuestTsc {
    private static final BigInteger TICKS_100NS_PER_SECOND = BigInteger.valueOf(10_000_000);
    private static final BigInteger TWO_TO_64 = BigInteger.ONE.shiftLeft(64);

    private final AtomicLong base = new AtomicLong();
    private final LongSupplier ticksSinceStart;
    private final long scale;

    private GuestTsc(long frequencyHz, LongSupplier ticksSinceStart) {
        this.ticksSinceStart = ticksSinceStart;
        this.scale = TWO_TO_64
                .multiply(TICKS_100NS_PER_SECOND)
                .divide(BigInteger.valueOf(frequencyHz))
                .longValue();
    }

    /** One that stands still at 0. */
    static GuestTsc manual(long frequencyHz) {
        return new GuestTsc(frequencyHz, () -> 0);
    }

    /** One that runs from 0. */
    static GuestTsc running(long frequencyHz) {
        long startNanos = System.nanoTime();
        long ticksPerNanoTimes2To32 = BigInteger.valueOf(frequencyHz)
                .shiftLeft(32)
                .divide(BigInteger.valueOf(1_000_000_000))
                .longValueExact();
        return new GuestTsc(frequencyHz, () -> {
            long nanos = System.nanoTime() - startNanos;
            long high = Math.multiplyHigh(nanos, ticksPerNanoTimes2To32);
            return high << 32 | nanos * ticksPerNanoTimes2To32 >>> 32;
        });
    }

    long now() {
        return base.get() + ticksSinceStart.getAsLong();
    }

    void set(long ticks) {
        base.set(ticks - ticksSinceStart.getAsLong());
    }

    void advance(long ticks) {
        base.addAndGet(ticks);
    }

    /**
     * Advances a counter that stands still until reference time has gone on by exactly {@code time100ns}: the smallest counter value
     * that the clock's truncating formula maps to the wanted time.
     *
     * @param time100ns 1 or more
     */
    void advance100ns(long time100ns) {
        long before = now();
        BigInteger target =
                BigInteger.valueOf(Math.unsignedMultiplyHigh(before, scale)).add(BigInteger.valueOf(time100ns));
        BigInteger factor = unsigned(scale);
        BigInteger ticks =
                target.shiftLeft(64).add(factor).subtract(BigInteger.ONE).divide(factor);
        base.addAndGet(ticks.longValue() - before);
    }

    private static BigInteger unsigned(long value) {
        return new BigInteger(Long.toUnsignedString(value));
    }
}
