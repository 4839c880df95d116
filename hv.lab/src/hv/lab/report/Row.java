package hv.lab.report;

/**
 * Something that has to hold, and what was seen.
 *
 * @param scenario where
 * @param what in a few words
 * @param value what was seen, or why nothing was
 * @param counts one passed, one failed or one skipped; for a set of tests how many
 */
public record Row(String scenario, String what, String value, Counts counts) {
    /**
     * Outcomes.
     *
     * @param passed held
     * @param failed did not
     * @param skipped could not be looked at
     */
    public record Counts(int passed, int failed, int skipped) {
        /** Nothing. */
        public static final Counts NONE = new Counts(0, 0, 0);

        /** The sum. */
        public Counts plus(Counts other) {
            return new Counts(passed + other.passed, failed + other.failed, skipped + other.skipped);
        }

        /** As the last line says it. */
        @Override
        public String toString() {
            return "%d passed, %d failed, %d skipped".formatted(passed, failed, skipped);
        }
    }

    /** It was looked at. */
    public static Row of(String scenario, String what, boolean holds, String value) {
        return new Row(scenario, what, value, holds ? new Counts(1, 0, 0) : new Counts(0, 1, 0));
    }

    /** It could not be looked at. */
    public static Row skipped(String scenario, String what, String why) {
        return new Row(scenario, what, why, new Counts(0, 0, 1));
    }

    /** Whether something did not hold. */
    public boolean isFailed() {
        return counts.failed() > 0;
    }

    /** One word; none for a line that explains the one before. */
    String outcome() {
        if (counts.equals(Counts.NONE)) {
            return "";
        }
        return isFailed() ? "FAILED" : counts.passed() > 0 ? "ok" : "skipped";
    }
}
