package hv.hostkit;

import hv.api.host.GuestPartition;
import hv.api.host.Host;
import java.util.Optional;

/** A VMM that is tested: its host, and the loops of its VPs. Implemented by embedders; a new one for each rule. */
public interface HostSubject {
    /** The host; always the same. It has at least 64 KiB of RAM from address 0. */
    Host host();

    /** Adds the VPs to the partition that was made for the host; does nothing where {@link #run} does that. */
    default void addVps(GuestPartition partition, int vps) {
        for (int vp = 0; vp < vps; vp++) {
            partition.addVp();
        }
    }

    /**
     * Starts the VPs of a partition that was made for the host, each on a thread of its own: it drains, runs its guest,
     * which does nothing that matters, or waits, and drains again after a kick. Returns when they are started.
     */
    void run(GuestPartition partition) throws Exception;

    /** Whether an interrupt was requested of a VP and is not yet done with; empty if this cannot be told. */
    default Optional<Boolean> isRequested(int vp, int vector) {
        return Optional.empty();
    }

    /** Stops the VPs, if they run, and closes whatever it has. The partition is closed afterwards. */
    void close();
}
