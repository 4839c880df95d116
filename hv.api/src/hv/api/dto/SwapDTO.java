package hv.api.dto;

import java.time.Instant;

/**
 * One change of what is in an enlightenment's place in a partition.
 *
 * @param id the enlightenment
 * @param when when it began
 * @param kind what was tried
 * @param from bundle name and version that was in place, or empty
 * @param to bundle name and version that came, or empty
 * @param succeeded whether it was done; if not, everything is as before
 * @param pauseMicros how long VPs were kept from going on, at most; 0 if it did not come to that
 * @param stateBytes size of the state that was handed over or kept
 * @param outcome one line for people: what was done, or why not
 */
public record SwapDTO(
        String id,
        Instant when,
        Kind kind,
        String from,
        String to,
        boolean succeeded,
        long pauseMicros,
        long stateBytes,
        String outcome) {
    /** What can happen to a place. */
    public enum Kind {
        /** One version takes over from another. */
        SWAP,
        /** The bundle leaves; the place keeps the state. */
        VACATE,
        /** A successor takes a vacant place. */
        FILL,
        /** Taken out for good. */
        REMOVE,
        /** Put back, fresh. */
        ADD
    }
}
