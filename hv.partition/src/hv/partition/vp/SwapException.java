package hv.partition.vp;

import hv.partition.failure.OverdueException;
import hv.partition.failure.Words;

/**
 * A change of what is in an enlightenment's place that was not done; its message is one line for people. Everything is
 * as before.
 */
public final class SwapException extends Exception {
    private static final long serialVersionUID = 1;

    private static final int NO_VP = -1;

    private final int vp;

    public SwapException(String line) {
        this(line, null);
    }

    public SwapException(String line, Throwable cause) {
        this(line, cause, NO_VP);
    }

    private SwapException(String line, Throwable cause, int vp) {
        super(line, cause);
        this.vp = vp;
    }

    /** For a VP that does not come to a safe point: where its thread is instead. */
    static SwapException absent(VpImpl vp) {
        OverdueException where = new OverdueException("VP %d does not come back".formatted(vp.index()), vp.driver());
        return new SwapException(
                "VP %d did not come to a safe point in time; its thread is in %s"
                        .formatted(vp.index(), where.innermost()),
                where,
                vp.index());
    }

    /** For host-side code that does not come out of {@code id}: where its thread is. */
    public static SwapException inside(String id, Thread insider) {
        OverdueException where = new OverdueException("host-side code does not come back", insider);
        return new SwapException(
                "host-side code does not come out of %s in time; its thread is in %s".formatted(id, where.innermost()),
                where);
    }

    /** Whether a VP did not come. */
    public boolean isOfVp() {
        return vp != NO_VP;
    }

    /** The VP that did not come. */
    public int vp() {
        return vp;
    }

    /** For a failure of somebody's code: what it was doing, and what came of it. */
    public static SwapException of(String what, Throwable cause) {
        String reason = cause.getMessage() == null ? Words.of(cause) : cause.getMessage();
        return new SwapException(what + " failed: " + reason.lines().findFirst().orElse("no reason given"), cause);
    }
}
