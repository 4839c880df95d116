package hv.guest;

/** Ends a hosted part with what went wrong. */
final class PartFailure extends Exception {
    private static final long serialVersionUID = 1L;

    PartFailure(String message) {
        super(message);
    }
}
