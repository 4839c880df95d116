package hv.snapshot;

/**
 * A snapshot cannot be written, read or restored; the machine is as it was. The message is one line that says what is
 * wrong and, of a file, in which section; only of vetoes it has a line for each.
 */
public final class SnapshotException extends Exception {
    private static final long serialVersionUID = 1L;

    SnapshotException(String message) {
        super(message);
    }

    SnapshotException(String message, Throwable cause) {
        super(message, cause);
    }
}
