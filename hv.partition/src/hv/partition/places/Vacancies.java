package hv.partition.places;

import hv.partition.failure.Callback;
import hv.partition.failure.Failures;
import hv.partition.vp.SafePoint;
import hv.partition.vp.SwapException;
import hv.partition.vp.VpImpl;
import java.time.Duration;
import java.util.function.Supplier;

/** Waiting for whoever comes into a vacant place. Any thread. */
public final class Vacancies {
    private static final Duration LONGEST_DEADLINE = Duration.ofMinutes(10);

    private final SafePoint safePoint;
    private final Supplier<VpImpl[]> vps;
    private final Surroundings surroundings;
    private volatile long deadlineNanos;

    /**
     * Waiting at {@code safePoint}.
     *
     * @param vps those that there are at a moment
     * @param deadline how long is waited unless {@link #deadline} says otherwise
     */
    public Vacancies(SafePoint safePoint, Supplier<VpImpl[]> vps, Surroundings surroundings, Duration deadline) {
        this.safePoint = safePoint;
        this.vps = vps;
        this.surroundings = surroundings;
        deadlineNanos = deadline.toNanos();
    }

    /**
     * How long is waited from now on.
     *
     * @throws IllegalArgumentException if it is not 0 to 10 minutes
     */
    void deadline(Duration deadline) {
        if (deadline.isNegative() || deadline.compareTo(LONGEST_DEADLINE) > 0) {
            throw new IllegalArgumentException("a deadline is 0 to 10 minutes, not " + deadline);
        }
        deadlineNanos = deadline.toNanos();
    }

    /** When a wait for a successor that begins now is in vain, by {@link System#nanoTime}. */
    long deadlineNanos() {
        return System.nanoTime() + deadlineNanos;
    }

    /** Waits until somebody is in place, on the thread of a VP; false if it was in vain. */
    boolean awaitSuccessor(Place place, long deadline) {
        place.waitingVps().incrementAndGet();
        try {
            return isAwaited(true, place, deadline);
        } finally {
            place.waitingVps().decrementAndGet();
        }
    }

    /**
     * Waits until somebody is in place, for host-side code; false if it was in vain. On a VP's thread it may be code of
     * the VMM, between two of the VP's exits: the VP is at a safe point then. Code that a handler calls does not wait,
     * since its VP could not come to one.
     */
    boolean awaitSuccessorOutside(Place place, long deadline) {
        for (VpImpl vp : vps.get()) {
            if (vp.isOwn()) {
                return !VpImpl.isOnStack() && isAwaited(true, place, deadline);
            }
        }
        return isAwaited(false, place, deadline);
    }

    private boolean isAwaited(boolean isVp, Place place, long deadline) {
        boolean came = safePoint.await(isVp, place::isVacant, deadline);
        if (!came && !safePoint.isClosed() && place.hasTimedOut()) {
            Failures failures = surroundings.failures();
            failures.record(place.id(), Callback.SUCCESSION, new SwapException("no successor came in time"));
            surroundings.news().timedOut(place.inspect(failures));
        }
        return came;
    }

    /** Nobody waits for a successor any more. */
    void stopWaiting() {
        safePoint.close();
    }
}
