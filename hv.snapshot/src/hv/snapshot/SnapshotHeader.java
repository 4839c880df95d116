package hv.snapshot;

import java.time.Instant;

/**
 * What a machine must be to take a snapshot. Immutable; every component has been checked.
 *
 * @param flags the partition's flags in canonical form
 * @param backEnd name of the back end, as {@code kvm}
 * @param vpCount number of VPs, 1 to 4096
 * @param memoryBytes RAM, a multiple of 4096; {@link #NO_MACHINE} if it is the state of a partition and nothing else
 * @param tscFrequencyHz frequency of the TSC as the guest knows it
 * @param savedAt when it was saved
 * @param hasMemory whether the RAM is in it; without, it can be restored only where the RAM is still there
 */
public record SnapshotHeader(
        String flags,
        String backEnd,
        int vpCount,
        long memoryBytes,
        long tscFrequencyHz,
        Instant savedAt,
        boolean hasMemory) {
    static final long NO_MACHINE = 0;
}
