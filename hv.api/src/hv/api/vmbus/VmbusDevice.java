package hv.api.vmbus;

import hv.api.StateException;
import hv.api.enlightenment.StateReader;
import hv.api.enlightenment.StateWriter;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * One device of one guest, as the bus sees it. Implemented by a device's bundle and given to {@link Vmbus#offer}.
 *
 * <p>Every method is called on the thread that serves the channel, one call at a time, never on a VP's thread; so a
 * device needs no lock of its own. None may wait: what takes long, a device does elsewhere, and has itself called again
 * with {@link VmbusChannel#wake}. What a method throws closes the device's channel and is told of; the bus and other
 * devices go on.
 */
@ConsumerType
public interface VmbusDevice {
    /** What the guest is told about it. Every call returns an equal offer. */
    ChannelOffer offer();

    /**
     * The guest has opened the channel. The device may write into the ring from now on.
     *
     * @param channel until {@link #closed}
     */
    void opened(VmbusChannel channel);

    /** The guest has signalled, there is room for a packet that found none, or somebody has called {@code wake}. */
    void woken();

    /** The channel is closed: by the guest, by a reset, or since the device is taken away. Its rings are gone. */
    void closed();

    /** Writes what a device of the same kind needs to go on with the open channel. */
    default void save(StateWriter out) {}

    /**
     * Goes on with a channel that is open already, in another process or in the place of another version: in place of
     * {@link #opened}. The input is hostile: it is checked before anything changes.
     *
     * @throws StateException if a value is missing, unknown or out of range
     */
    default void resumed(VmbusChannel channel, StateReader in) throws StateException {
        opened(channel);
    }
}
