package hv.api.host;

import hv.api.PowerEvent;
import hv.api.dto.PlaceDTO;
import hv.api.dto.SwapDTO;
import java.util.List;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * Is told what happens to partitions. Register it as an OSGi service, which is told of all partitions, or with
 * {@link GuestPartition#addListener}.
 *
 * <p>Called in the order in which things happen, one call at a time, on a thread that neither runs a VP nor holds a
 * lock of the partition: every method of the API may be called in turn. What is told has happened a moment ago, so look
 * for yourself at what is true now. What a listener throws is counted ({@link Places#failures}), logged and ignored;
 * one that takes its time delays nobody, and misses what comes while 1,024 events wait for it ({@link #missed}).
 */
@ConsumerType
public interface PartitionListener {
    /** A partition was made. A service that is registered later is told of those that are open then. */
    default void opened(GuestPartition partition) {}

    /** A partition was closed, which is the last that is told of it. */
    default void closed(GuestPartition partition) {}

    /** A version took over from another one while the guest ran; the pause is in {@code change}. */
    default void swapped(GuestPartition partition, SwapDTO change) {}

    /** The bundle of an enlightenment has left, and its place keeps the state for a successor. */
    default void vacant(GuestPartition partition, SwapDTO change) {}

    /** A place that was vacant or taken out has somebody in it again. */
    default void filled(GuestPartition partition, SwapDTO change) {}

    /** An enlightenment was taken out for good. */
    default void removed(GuestPartition partition, SwapDTO change) {}

    /** A change was tried and not done; {@link SwapDTO#outcome} says why. */
    default void refused(GuestPartition partition, SwapDTO change) {}

    /**
     * A VP or host-side code has waited in vain for a successor in a vacant place. Of each vacancy the first, tenth,
     * hundredth and so on is told.
     */
    default void timedOut(GuestPartition partition, PlaceDTO place) {}

    /**
     * Other places than before are vacant: the guest lacks something that it was promised.
     *
     * @param vacant the ids, sorted; empty when the guest has all of it again
     */
    default void degraded(GuestPartition partition, List<String> vacant) {}

    /** The guest asked for something only the VMM can do. */
    default void power(GuestPartition partition, PowerEvent event) {}

    /**
     * This listener was not told of some events, since too many waited for it.
     *
     * @param events how many, of all partitions that it is told of
     */
    default void missed(long events) {}
}
