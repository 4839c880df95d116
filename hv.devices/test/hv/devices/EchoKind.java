package hv.devices;

import hv.api.StateException;
import hv.api.enlightenment.StateReader;
import hv.api.enlightenment.StateWriter;
import hv.api.vmbus.ChannelOffer;
import hv.api.vmbus.DeviceKind;
import hv.api.vmbus.DeviceSite;
import hv.api.vmbus.RingPacket;
import hv.api.vmbus.RingReader;
import hv.api.vmbus.RingWriter;
import hv.api.vmbus.VmbusChannel;
import hv.api.vmbus.VmbusDevice;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.UUID;

/** Devices that send back what they get, with a count in front, as the answer. What finds no room waits. */
final class EchoKind implements DeviceKind {
    static final String ID = "echo";

    /** What a VMM may ask of it. */
    interface Counter {
        long count();
    }

    /** What goes wrong on purpose. */
    enum Fault {
        NONE,
        CREATE,
        SAVE,
        RESTORE,
        RESUMED,
        OTHER_OFFER
    }

    private final Fault fault;

    EchoKind(Fault fault) {
        this.fault = fault;
    }

    @Override
    public String id() {
        return ID;
    }

    @Override
    public String title() {
        return "sends back what it gets";
    }

    @Override
    public Map<String, String> options() {
        return Map.of("colour", "A word that nobody needs.");
    }

    @Override
    public VmbusDevice create(DeviceSite site) {
        if (fault == Fault.CREATE) {
            throw new IllegalArgumentException("on purpose");
        }
        UUID instance = UUID.nameUUIDFromBytes(site.name().getBytes(StandardCharsets.UTF_8));
        return new Echo(new UUID(1, fault == Fault.OTHER_OFFER ? 3 : 2), instance, fault);
    }

    private static final class Echo implements VmbusDevice, Counter {
        private static final int MOST = 2048;
        private final ChannelOffer offer;
        private final Fault fault;
        private final RingPacket packet = new RingPacket(MOST);
        private VmbusChannel channel;
        private byte[] kept;
        private long transaction;
        private long count;

        Echo(UUID device, UUID instance, Fault fault) {
            this.offer = new ChannelOffer(device, instance, ChannelOffer.INTERFACE, 0, MOST);
            this.fault = fault;
        }

        @Override
        public ChannelOffer offer() {
            return offer;
        }

        @Override
        public long count() {
            return count;
        }

        @Override
        public void opened(VmbusChannel open) {
            channel = open;
            count = 0;
        }

        @Override
        public void woken() {
            RingReader in = channel.in();
            do {
                in.begin();
                while (sendKept() && in.next(packet) == RingReader.Outcome.PACKET) {
                    kept = new byte[packet.payloadBytes()];
                    packet.copy(0, kept, 0, kept.length);
                    transaction = packet.transaction();
                    count++;
                }
                if (channel.out().commit() | in.commit()) {
                    channel.signal();
                }
            } while (in.end() && kept == null);
        }

        private boolean sendKept() {
            if (kept != null) {
                RingWriter.Outcome outcome =
                        channel.out().write(RingPacket.COMPLETION, false, transaction, kept, 0, kept.length);
                if (outcome != RingWriter.Outcome.WRITTEN) {
                    return false;
                }
                kept = null;
            }
            return true;
        }

        @Override
        public void closed() {
            channel = null;
            kept = null;
        }

        @Override
        public void save(StateWriter out) {
            if (fault == Fault.SAVE) {
                throw new IllegalStateException("on purpose");
            }
            out.put("count", count);
            out.put("kept", kept == null ? new byte[0] : kept);
            out.put("transaction", transaction);
        }

        @Override
        public void restore(StateReader in) throws StateException {
            if (fault == Fault.RESTORE) {
                throw new StateException("on purpose");
            }
            count = in.get("count");
            byte[] bytes = in.bytes("kept");
            kept = bytes.length == 0 ? null : bytes;
            transaction = in.get("transaction");
        }

        @Override
        public void resumed(VmbusChannel open) {
            if (fault == Fault.RESUMED) {
                throw new IllegalStateException("on purpose");
            }
            channel = open;
        }

        @Override
        public Map<String, String> facts() {
            return Map.of("count", Long.toString(count));
        }
    }
}
