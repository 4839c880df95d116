package hv.partition;

/** A change of what is in an enlightenment's place that was not done; its message is one line for people. Everything is as before. */
final class SwapException extends Exception {
    private static final long serialVersionUID = 1;

    SwapException(String line) {
        super(line);
    }

    SwapException(String line, Throwable cause) {
        super(line, cause);
    }

    /** For a failure of somebody's code: what it was doing, and what came of it. */
    static SwapException of(String what, Throwable cause) {
        String reason = cause.getMessage() == null ? cause.toString() : cause.getMessage();
        return new SwapException(what + " failed: " + reason.lines().findFirst().orElse("no reason given"), cause);
    }
}
