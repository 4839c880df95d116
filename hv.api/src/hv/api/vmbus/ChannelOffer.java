package hv.api.vmbus;

import java.util.Objects;
import java.util.UUID;

/**
 * What the bus tells a guest about a device. Immutable.
 *
 * @param device which kind it is: a guest finds its driver by this
 * @param instance which one it is: the same whenever the same guest is started, since a guest names devices by it, and
 *     never that of another device
 * @param flags as in the offer: 1 for a device that programs may open, 0x10 for one that is a pipe
 * @param pipeMode of a pipe, 0 for bytes or 4 for messages; otherwise 0
 * @param mostPacketBytes the longest packet that a guest may write, head and payload; a longer one is a fault
 */
public record ChannelOffer(UUID device, UUID instance, int flags, int pipeMode, int mostPacketBytes) {
    /** A device that programs in the guest may open. */
    public static final int INTERFACE = 1;

    /** A device that is a pipe. */
    public static final int PIPE = 0x10;

    /** The longest packet that a ring can say it has. */
    public static final int MOST_PACKET_BYTES = 0xFFFF * Long.BYTES;

    /** Checks the numbers. */
    public ChannelOffer {
        Objects.requireNonNull(device, "device");
        Objects.requireNonNull(instance, "instance");
        if (flags >>> Short.SIZE != 0 || pipeMode != 0 && pipeMode != 4) {
            throw new IllegalArgumentException("flags 0x%x, pipe mode %d".formatted(flags, pipeMode));
        }
        if (mostPacketBytes < RingPacket.HEAD_BYTES || mostPacketBytes > MOST_PACKET_BYTES) {
            throw new IllegalArgumentException("packets of %d bytes".formatted(mostPacketBytes));
        }
    }

    /** A pipe for messages, as all integration services are. */
    public static ChannelOffer ofService(UUID device, UUID instance, int mostPacketBytes) {
        return new ChannelOffer(device, instance, INTERFACE | PIPE, 4, mostPacketBytes);
    }
}
