package hv.api.vmbus;

import java.util.List;
import org.osgi.annotation.versioning.ProviderType;

/** The bus of one guest, as devices and a VMM see it. Implemented by the bus' bundle. Any thread. */
@ProviderType
public interface Vmbus {
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
}
