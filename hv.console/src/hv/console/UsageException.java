package hv.console;

/** A command cannot do what was typed; the message is one line that says what is wrong and what to type instead. */
final class UsageException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    UsageException(String message) {
        super(message);
    }

    /** Gogo prints this in front of a failed command's line. */
    @Override
    public String toString() {
        return getMessage();
    }
}
