package hv.faults.trial;

/**
 * One trial, and how it came out.
 *
 * @param suite where it belongs
 * @param what was done to the program
 * @param outcome held, did not, or could not be tried
 * @param value what was seen, or why nothing was
 */
public record Row(String suite, String what, Outcome outcome, String value) {
    /** How a trial came out. */
    public enum Outcome {
        /** Held. */
        OK("ok"),
        /** Did not. */
        FAILED("FAILED"),
        /** Could not be tried. */
        SKIPPED("skipped");

        private final String word;

        Outcome(String word) {
            this.word = word;
        }
    }

    /** It could not be tried. */
    public static Row skipped(String suite, String what, String why) {
        return new Row(suite, what, Outcome.SKIPPED, why);
    }

    /** A line of the table. */
    @Override
    public String toString() {
        return "%-11s  %-68s  %-7s  %s"
                .formatted(suite, what, outcome.word, value)
                .stripTrailing();
    }
}
