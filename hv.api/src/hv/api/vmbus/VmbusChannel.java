package hv.api.vmbus;

import hv.api.GuestMemory;
import java.util.Optional;
import org.osgi.annotation.versioning.ProviderType;

/**
 * An open channel, as its device sees it. Given by the bus at {@link VmbusDevice#opened}; used on the thread that
 * serves the channel, but for {@link #wake}.
 */
@ProviderType
public interface VmbusChannel {
    /** What the guest writes. */
    RingReader in();

    /** What the guest reads. */
    RingWriter out();

    /** Tells the guest that there is something to read or room to write. One that is not needed does no harm. */
    void signal();

    /** Has {@link VmbusDevice#woken} called soon. Any thread; returns at once; many calls may become one. */
    void wake();

    /**
     * Has {@link VmbusDevice#woken} called when the reference time has come, in place of an earlier such wish.
     *
     * @param referenceTime100ns on the partition's reference clock; one that has passed is due at once
     */
    void wakeAt(long referenceTime100ns);

    /** The reference time now, in units of 100 ns. */
    long referenceTime100ns();

    /** Memory that the guest has described by a GPADL of this channel; empty if there is none with this id. */
    Optional<PageList> memory(int gpadl);

    /**
     * The guest's RAM, for pages that a packet names by their numbers: each is asked for with {@link GuestMemory#isRam}
     * first. Any thread.
     */
    GuestMemory ram();

    /** The version of VMBus that was agreed on, major in the upper 16 bits. */
    int version();
}
