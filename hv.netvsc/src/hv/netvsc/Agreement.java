package hv.netvsc;

import hv.api.StateException;
import hv.api.enlightenment.StateReader;
import hv.api.enlightenment.StateWriter;
import hv.api.vmbus.RingPacket;
import hv.api.vmbus.VmbusChannel;

/** What guest and host agree on before frames go: a version, how long frames get, and the two buffers. One thread. */
final class Agreement {
    /** An answer without a word. */
    static final byte[] NOTHING = {};

    static final byte[] CARRIED = Nvsp.message(Nvsp.RNDIS_PACKET_COMPLETE, Nvsp.SUCCESS);
    static final byte[] NOT_CARRIED = Nvsp.message(Nvsp.RNDIS_PACKET_COMPLETE, Nvsp.FAILURE);

    /** The shortest message. */
    static final int LEAST_BYTES = 16;

    private static final int ONE_SECTION = 1;

    private final Adapter adapter;
    private final Buffers buffers;

    /** 0 before there is one. */
    private int version;

    Agreement(Adapter adapter, Buffers buffers) {
        this.adapter = adapter;
        this.buffers = buffers;
    }

    void reset() {
        version = 0;
    }

    /**
     * Does what a message wants that carries nothing.
     *
     * @param packet with a payload of {@link #LEAST_BYTES} or more
     * @return what its completion carries, if it wants one
     */
    byte[] answer(RingPacket packet, VmbusChannel channel) {
        int type = packet.intAt(0);
        if (type == Nvsp.INIT) {
            int asked = packet.intAt(4);
            boolean isSpoken = Nvsp.isSpoken(asked) && (version == 0 || version == asked);
            version = isSpoken ? asked : version;
            return Nvsp.initComplete(asked, isSpoken);
        }
        switch (type) {
            case Nvsp.NDIS_CONFIG -> adapter.frameBytes(packet.intAt(4));
            case Nvsp.RECEIVE_BUFFER -> {
                return receive(packet, channel);
            }
            case Nvsp.SEND_BUFFER -> {
                return send(packet, channel);
            }
            case Nvsp.REVOKE_RECEIVE_BUFFER -> buffers.dropReceive();
            case Nvsp.REVOKE_SEND_BUFFER -> buffers.dropSend();
            case Nvsp.SUBCHANNEL -> {
                return Nvsp.message(Nvsp.SUBCHANNEL, Nvsp.FAILURE, 0);
            }
            default -> {
                // Told, and not asked.
            }
        }
        return NOTHING;
    }

    private byte[] receive(RingPacket packet, VmbusChannel channel) {
        if (version == 0 || !buffers.takeReceive(channel, packet.intAt(4), adapter.mtu())) {
            return Nvsp.message(Nvsp.RECEIVE_BUFFER_COMPLETE, Nvsp.FAILURE);
        }
        int bytes = buffers.sectionBytes();
        int count = buffers.sections().count();
        return Nvsp.message(Nvsp.RECEIVE_BUFFER_COMPLETE, Nvsp.SUCCESS, ONE_SECTION, 0, bytes, count, bytes * count);
    }

    private byte[] send(RingPacket packet, VmbusChannel channel) {
        return version == 0 || !buffers.takeSend(channel, packet.intAt(4))
                ? Nvsp.message(Nvsp.SEND_BUFFER_COMPLETE, Nvsp.FAILURE)
                : Nvsp.message(Nvsp.SEND_BUFFER_COMPLETE, Nvsp.SUCCESS, Buffers.SEND_SECTION_BYTES);
    }

    void save(StateWriter out) {
        out.put("version", version);
    }

    void restore(StateReader in) throws StateException {
        long saved = in.get("version");
        if (saved != 0 && (saved != (int) saved || !Nvsp.isSpoken((int) saved))) {
            throw new StateException("version is 0x%x".formatted(saved));
        }
        version = (int) saved;
    }
}
