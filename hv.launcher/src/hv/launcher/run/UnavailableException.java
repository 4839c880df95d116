package hv.launcher.run;

/** A back end cannot be had on this host now, for the reason in the message; nothing has run. */
final class UnavailableException extends Exception {
    private static final long serialVersionUID = 1L;

    UnavailableException(Throwable cause) {
        super(cause.getMessage(), cause);
    }
}
