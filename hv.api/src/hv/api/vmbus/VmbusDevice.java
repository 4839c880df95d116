package hv.api.vmbus;

import hv.api.StateException;
import hv.api.enlightenment.StateReader;
import hv.api.enlightenment.StateWriter;
import java.util.Map;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * One device of one guest, as the bus sees it. Implemented by a device's bundle and given to {@link Vmbus#offer}.
 *
 * <p>Methods are called one at a time, never on a VP's thread, and each sees what the one before has done; so a device
 * needs no lock of its own but for what any thread may call. None may wait: what takes long, a device does elsewhere,
 * and has itself called again with {@link VmbusChannel#wake}. What a method throws closes the device's channel and is
 * told of; the bus and other devices go on.
 *
 * <p>A device that another version follows, or that is saved, is asked to {@link #settle}, then to {@link #save}. One
 * that is followed then gives what no state can hold by {@link #handOver}, and is {@link #left}; its successor gets
 * {@link #restore}, {@link #takeOver} and {@link #resumed}. One that stays goes on with the next {@link #woken}.
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

    /**
     * Takes nothing new from the guest until the next {@link #woken}, and says whether it is done with all that it has
     * taken: whether nothing that it has begun elsewhere will touch guest memory any more. If not, it calls {@link
     * VmbusChannel#wake} when that is so, and is asked again instead of being woken. Only while the channel is open.
     */
    default boolean settle() {
        return true;
    }

    /**
     * Writes what a device of the same kind, perhaps of another version, needs to go on with the open channel. Called
     * only while the channel is open.
     */
    default void save(StateWriter out) {}

    /**
     * Takes what {@link #save} gave: the first call of a device that is to go on with a channel that is open already,
     * before {@link #resumed}. The input is hostile: it is checked before anything changes. Nothing outside this object
     * is touched: it may be thrown away.
     *
     * @throws StateException if a value is missing, unknown or out of range
     */
    default void restore(StateReader in) throws StateException {}

    /**
     * Goes on with a channel that is open already, in another process, in the place of another version or on another
     * version of the bus: in place of {@link #opened}. The guest may have written and read meanwhile; {@link #woken}
     * follows. Without {@link #restore} before it, nobody had begun with the channel yet.
     *
     * @param channel until {@link #closed}, or until this is called again
     */
    default void resumed(VmbusChannel channel) {
        opened(channel);
    }

    /**
     * What a saved state cannot hold: objects that host-side code waits for or has given. Called after {@link #save}
     * when a successor in the same JVM takes over. Keys are the device's own; values are of types of the JDK and of
     * this API alone, so that nothing holds on to the bundle that leaves.
     */
    default Map<String, Object> handOver() {
        return Map.of();
    }

    /** Takes what {@link #handOver} of a predecessor gave, perhaps of another version: what is not known is left. */
    default void takeOver(Map<String, Object> handedOver) {}

    /** The device is not used any more, and the channel stays open for a successor: gives back what it holds. */
    default void left() {}

    /**
     * What there is to know about it, for people, by name, as {@code guest: alive}. A guest's own words in it are not
     * made safe. Any thread.
     */
    default Map<String, String> facts() {
        return Map.of();
    }
}
