package hv.lab.rig;

/** The lab cannot be run: the message, one line, says what is wrong and what to do about it. */
public final class UnusableException extends Exception {
    private static final long serialVersionUID = 1;

    /** With the line. */
    public UnusableException(String message) {
        super(message);
    }

    /** With the line and what caused it. */
    public UnusableException(String message, Throwable cause) {
        super(message, cause);
    }
}
