package hv.fuzz.target;

/**
 * An operation took more time or memory than it may. Loading and compiling classes can do that once, so it counts if it
 * happens again.
 */
public final class EffortFinding extends Finding {
    private static final long serialVersionUID = 1L;

    EffortFinding(String message) {
        super(message);
    }
}
