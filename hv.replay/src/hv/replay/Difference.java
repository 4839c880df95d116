package hv.replay;

/**
 * One operation whose outcome was not the recorded one. Immutable.
 *
 * @param line line of the file, from 1
 * @param operation what was done
 * @param expected what was recorded
 * @param got what came of it here
 * @param section topic it belongs to, as {@code MSRs: SynIC}
 */
public record Difference(int line, String operation, String expected, String got, String section) {
    /** Several lines for people. */
    public String text() {
        return String.join(
                "\n",
                "  line " + line + ": " + operation,
                "    expected: " + expected,
                "    got:      " + got,
                "    section:  " + section);
    }
}
