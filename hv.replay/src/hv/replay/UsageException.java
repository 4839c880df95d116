package hv.replay;

/** The command cannot do what was typed; the message is one line that says what is wrong and what to type instead. */
public final class UsageException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    UsageException(String message) {
        super(message);
    }

    /** Consoles print this in front of a failed command's line. */
    @Override
    public String toString() {
        return getMessage();
    }
}
