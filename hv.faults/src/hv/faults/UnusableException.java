package hv.faults;

/** The faults cannot be made: the message, one line, says what is wrong and what to do about it. */
public final class UnusableException extends Exception {
    private static final long serialVersionUID = 1;

    /** With the line. */
    public UnusableException(String message) {
        super(message);
    }
}
