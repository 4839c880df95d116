package hv.bench.vmbus;

import hv.api.vmbus.ChannelOffer;
import hv.api.vmbus.VmbusChannel;
import hv.api.vmbus.VmbusDevice;
import java.util.UUID;

/** A device that notes when it is called, and else does nothing. Its figures may be read by any thread. */
final class QuietDevice implements VmbusDevice {
    private static final UUID KIND = new UUID(0x6876_6265_6E63_6800L, 1);
    private static final int MOST_PACKET_BYTES = 256;

    private final ChannelOffer offer;
    private volatile long calls;
    private volatile long calledNanos;

    QuietDevice(int instance) {
        offer = new ChannelOffer(KIND, new UUID(0, instance), ChannelOffer.INTERFACE, 0, MOST_PACKET_BYTES);
    }

    /** How often it was woken. */
    long calls() {
        return calls;
    }

    /** When it was woken last, of {@code System.nanoTime}. */
    long calledNanos() {
        return calledNanos;
    }

    @Override
    public ChannelOffer offer() {
        return offer;
    }

    @Override
    public void opened(VmbusChannel channel) {
        // Nothing is said to the guest.
    }

    @Override
    public void woken() {
        calledNanos = System.nanoTime();
        long before = calls;
        calls = before + 1;
    }

    @Override
    public void closed() {
        // Nothing is kept.
    }
}
