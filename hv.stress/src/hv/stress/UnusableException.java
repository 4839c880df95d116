package hv.stress;

/** The tests cannot be run as asked; the message is one line that says what to write instead. */
final class UnusableException extends Exception {
    private static final long serialVersionUID = 1L;

    UnusableException(String message) {
        super(message);
    }
}
