package hv.partition.failure;

/** Somebody's code does not come back; the stack is that of the thread it is in. */
public final class OverdueException extends Exception {
    static final String KIND = "does not come back";

    private static final long serialVersionUID = 1;

    /** A finding about {@code thread}. */
    public OverdueException(String line, Thread thread) {
        super(line, null, false, true);
        setStackTrace(thread.getStackTrace());
    }

    /** Where the thread is, in one line for people. */
    public String innermost() {
        return OneLine.place(this);
    }
}
