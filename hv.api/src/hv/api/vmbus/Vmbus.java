package hv.api.vmbus;

import hv.api.StateException;
import hv.api.enlightenment.StateReader;
import hv.api.enlightenment.StateWriter;
import java.util.List;
import org.osgi.annotation.versioning.ProviderType;

/**
 * The bus of one guest, as who owns it sees it. Made by a {@link VmbusProvider}. Any thread but one that a device is
 * called on.
 */
@ProviderType
public interface Vmbus extends AutoCloseable {
    /** Most devices at a time: a channel's number has 11 bits, and 0 is none. */
    int MOST_DEVICES = 2047;

    /**
     * Offers a device to the guest: at once if it has asked for offers already, otherwise when it does.
     *
     * @throws IllegalStateException if there is a device with this instance, or there are {@link #MOST_DEVICES}
     */
    void offer(VmbusDevice device);

    /**
     * Takes a device away, as when its cable is pulled: the guest is told, and its driver lets go. An offer of the same
     * instance waits until the guest has done so.
     *
     * @return false if it is not on the bus
     */
    boolean rescind(VmbusDevice device);

    /** What is on the bus, in the order of offers. */
    List<ChannelState> channels();

    /**
     * Keeps the bus and its devices from doing anything until {@link #resume}, and waits until none does. What guests
     * post and signal meanwhile is kept. Idempotent.
     *
     * @throws IllegalStateException if a device does not come back
     */
    void pause();

    /** Ends {@link #pause}; every open channel is served once, and its guest signalled once. Idempotent. */
    void resume();

    /**
     * The guest's machine was reset: all channels are closed, and the guest makes contact anew. Returns when the
     * devices have been told; paused or not.
     */
    void reset();

    /** Writes what the guest knows of the bus and has told it; not what devices keep. Only while paused. */
    void save(StateWriter out);

    /**
     * Takes what {@link #save} gave, here or in another process, on a new bus that has been offered the same devices.
     * Guest RAM is not looked at before {@link #resume}; then the device of each channel that was open gets
     * {@link VmbusDevice#resumed}. Only while paused.
     *
     * @throws StateException if a value is missing, unknown or out of range; the bus is of no use then, and is to
     *     {@link #leave}
     */
    void restore(StateReader in) throws StateException;

    /** Ends it without a word to anybody: another bus goes on with what was saved. Idempotent. */
    void leave();

    /** Ends it: devices are told that their channels are closed, the guest is not told anything. Idempotent. */
    @Override
    void close();
}
