package hv.snapshot;

/**
 * Something in a file is not as {@code FORMAT.md} says; the message names the section. Becomes a
 * {@link SnapshotException}.
 */
final class FormatException extends Exception {
    private static final long serialVersionUID = 1L;

    FormatException(String message) {
        super(message);
    }
}
