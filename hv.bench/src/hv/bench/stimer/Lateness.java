package hv.bench.stimer;

import java.util.Arrays;

/**
 * How late timers were, in units of 100 ns.
 *
 * @param sorted100ns every sample, in order
 */
record Lateness(long[] sorted100ns) {
    /** Sorts the first {@code count} of {@code samples100ns}. */
    static Lateness of(long[] samples100ns, int count) {
        long[] sorted = Arrays.copyOf(samples100ns, count);
        Arrays.sort(sorted);
        return new Lateness(sorted);
    }

    int count() {
        return sorted100ns.length;
    }

    /** The sample that {@code share} of all do not exceed, in microseconds; NaN without samples. */
    double micros(double share) {
        if (sorted100ns.length == 0) {
            return Double.NaN;
        }
        int place = (int) Math.ceil(share * sorted100ns.length) - 1;
        return sorted100ns[Math.max(place, 0)] / 10.0;
    }
}
