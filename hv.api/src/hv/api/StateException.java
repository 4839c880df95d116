package hv.api;

/** Saved state cannot be taken: something is missing, unknown or out of range. The message says what, in one line. */
public final class StateException extends Exception {
    private static final long serialVersionUID = 1L;

    /** With one line for the operator. */
    public StateException(String message) {
        super(message);
    }
}
