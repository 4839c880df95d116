package hv.oracle.judge;

/**
 * What a program did with a configuration.
 *
 * @param starts whether it took it
 * @param blamed what its first complaint is about, a name with dashes; empty if that cannot be told
 * @param said its complaint in its own words; empty if it had none
 */
public record Outcome(boolean starts, String blamed, String said) {
    static final Outcome STARTED = new Outcome(true, "", "");

    /** For people, in one line. */
    @Override
    public String toString() {
        return starts ? "starts" : "refuses: " + said;
    }
}
