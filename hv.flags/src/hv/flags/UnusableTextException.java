package hv.flags;

/** A text is no flags in any syntax; the message is one line that says what is wrong with it. */
public final class UnusableTextException extends Exception {
    private static final long serialVersionUID = 1L;

    UnusableTextException(String message) {
        super(message, null, false, false); // nobody looks for the place in this program that refused a text
    }
}
