package hv.bench.stimer;

/**
 * What timers a VP has and how they run.
 *
 * @param isDirect interrupts without messages
 * @param isPeriodic every {@link #PERIOD_100NS}; otherwise once after a random time, again and again
 * @param timers 1 to 4
 */
record Scenario(boolean isDirect, boolean isPeriodic, int timers) {
    static final int MOST_TIMERS = 4;
    static final long PERIOD_100NS = 10_000;

    /** A one-shot timer is set this far ahead, at least and at most. */
    static final long LEAST_AHEAD_100NS = 2_000;

    static final long MOST_AHEAD_100NS = 20_000;

    String mode() {
        return isDirect ? "direct" : "message";
    }

    String kind() {
        return isPeriodic ? "periodic" : "one-shot";
    }
}
