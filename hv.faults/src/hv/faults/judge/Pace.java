package hv.faults.judge;

import java.io.IOException;

/**
 * How fast this machine is now, by a plain run of the program: times are those of a quiet machine of the usual speed,
 * and are stretched by it. For one thread.
 */
public final class Pace {
    /** What a plain run takes there. */
    private static final double QUIET_SECONDS = 1.0;

    private static final double MOST_STRETCH = 60;

    /** A plain run. */
    @FunctionalInterface
    public interface PlainRun {
        /** How long it took. */
        double seconds() throws IOException, InterruptedException;
    }

    private final PlainRun plain;
    private double stretch = 1;

    /** Measured with this. */
    public Pace(PlainRun plain) {
        this.plain = plain;
    }

    /** Measures again; the machine may have become slower. */
    public void measure() throws IOException, InterruptedException {
        stretch = Math.clamp(plain.seconds() / QUIET_SECONDS, 1, MOST_STRETCH);
    }

    /** So many seconds of a quiet machine, here. */
    public double stretched(double seconds) {
        return seconds * stretch;
    }

    /**
     * Whether {@code taken} is longer than {@code quietSeconds}. A time that seems so is compared again with the
     * machine's pace right after it.
     */
    public boolean isTooLong(double taken, double quietSeconds) throws IOException, InterruptedException {
        if (taken <= stretched(quietSeconds)) {
            return false;
        }
        measure();
        return taken > stretched(quietSeconds);
    }

    @Override
    public String toString() {
        return "%.1f".formatted(stretch);
    }
}
