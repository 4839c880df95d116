package hv.launcher;

/** The command line cannot be used as it is; the message says why and what to write instead. Ends in exit status 2. */
public final class UsageException extends Exception {
    private static final long serialVersionUID = 1L;

    /** With one clear line. */
    public UsageException(String message) {
        super(message);
    }
}
