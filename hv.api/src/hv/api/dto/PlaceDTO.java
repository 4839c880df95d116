package hv.api.dto;

import java.time.Instant;

/**
 * The place of an enlightenment in a partition.
 *
 * @param id the enlightenment
 * @param state whether somebody is in it
 * @param bundle bundle name and version that is in place, or was last
 * @param promised whether the guest was promised it; otherwise it is there because CPUID is not enforced
 * @param since since when it is so
 * @param stateBytes size of the state that is kept; 0 if it is not vacant
 * @param waitingVps how many VPs wait for a successor now
 * @param timeouts how often somebody has waited in vain
 * @param failures how often its code has failed
 * @param lastFailure one line about the last time; empty if it has not
 */
public record PlaceDTO(
        String id,
        State state,
        String bundle,
        boolean promised,
        Instant since,
        long stateBytes,
        int waitingVps,
        long timeouts,
        long failures,
        String lastFailure) {
    /** Whether somebody is in it. */
    public enum State {
        IN_PLACE,
        /** The bundle has left; the state waits for a successor. The partition is degraded. */
        VACANT,
        /** Taken out; the guest sees it closed. */
        REMOVED
    }
}
