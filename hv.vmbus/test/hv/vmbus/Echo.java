package hv.vmbus;

import hv.api.vmbus.ChannelOffer;
import hv.api.vmbus.RingPacket;
import hv.api.vmbus.RingReader;
import hv.api.vmbus.RingWriter;
import hv.api.vmbus.VmbusChannel;
import hv.api.vmbus.VmbusDevice;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * A device that sends back what it gets, as the answer if one is wanted. What finds no room waits, and nothing is read.
 */
final class Echo implements VmbusDevice {
    static final UUID KIND = UUID.fromString("11223344-5566-7788-99aa-bbccddeeff00");
    private static final int MOST = 2048;

    final List<String> told = new ArrayList<>();

    /** How often it was woken. */
    int asked;

    private final ChannelOffer offer;
    private final RingPacket packet = new RingPacket(MOST);
    private byte[] kept;
    private boolean isAnswer;
    private long transaction;
    VmbusChannel channel;

    Echo(int instance) {
        offer = new ChannelOffer(KIND, new UUID(0, instance), ChannelOffer.INTERFACE, 0, MOST);
    }

    @Override
    public ChannelOffer offer() {
        return offer;
    }

    @Override
    public void opened(VmbusChannel open) {
        told.add("opened");
        channel = open;
    }

    @Override
    public void woken() {
        asked++;
        RingReader in = channel.in();
        do {
            in.begin();
            while (sendKept() && in.next(packet) == RingReader.Outcome.PACKET) {
                kept = new byte[packet.payloadBytes()];
                packet.copy(0, kept, 0, kept.length);
                isAnswer = packet.wantsCompletion();
                transaction = packet.transaction();
            }
            if (channel.out().commit() | in.commit()) {
                channel.signal();
            }
        } while (in.end() && kept == null);
    }

    private boolean sendKept() {
        if (kept != null) {
            int type = isAnswer ? RingPacket.COMPLETION : RingPacket.IN_BAND;
            if (channel.out().write(type, false, transaction, kept, 0, kept.length) != RingWriter.Outcome.WRITTEN) {
                return false;
            }
            kept = null;
        }
        return true;
    }

    @Override
    public void closed() {
        told.add("closed");
        channel = null;
        kept = null;
    }
}
