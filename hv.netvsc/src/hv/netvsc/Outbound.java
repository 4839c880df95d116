package hv.netvsc;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * What the guest sends: packets with messages one behind the other, of which a head is copied and checked before
 * anything is done with what it tells. One thread.
 */
final class Outbound {
    /** A guest puts at most 8 into a packet, as it was told; more are let through, but not any number. */
    private static final int MOST_MESSAGES = 64;

    /** A tag for a virtual network in front of the packet. */
    private static final int TAG_BYTES = 4;

    /** A large segment: the longest packet of IP, and what is in front of it. */
    private static final int MOST_LARGE_BYTES = 65_535 + Adapter.ETHERNET_HEAD_BYTES + TAG_BYTES;

    /** Of values beside a frame. */
    private static final int MOST_BESIDE_BYTES = 256;

    private final Adapter adapter;
    private final Control control;
    private final Counters counters;
    private final byte[] head = new byte[Rndis.MOST_CONTROL_BYTES];
    private final ByteBuffer beside = ByteBuffer.allocate(MOST_BESIDE_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    private final Frame frame = new Frame();
    private int checksum;
    private int segment;
    private int tag;
    private final ByteBuffer words = ByteBuffer.wrap(head).order(ByteOrder.LITTLE_ENDIAN);

    Outbound(Adapter adapter, Control control, Counters counters) {
        this.adapter = adapter;
        this.control = control;
        this.counters = counters;
    }

    /**
     * Does what a packet says.
     *
     * @param link null if frames go nowhere
     * @param isUp what the guest is told of its cable
     * @return false if there is something in it that cannot be; what is before that is done
     */
    boolean take(Pieces packet, FrameLink link, boolean isUp) throws IOException {
        int at = 0;
        for (int i = 0; at < packet.bytes(); i++) {
            int left = packet.bytes() - at;
            if (i == MOST_MESSAGES || left < Rndis.HEAD_BYTES) {
                return false;
            }
            packet.read(at, head, 0, Math.min(left, Rndis.PACKET_BYTES));
            int length = words.getInt(Integer.BYTES);
            if (length < Rndis.HEAD_BYTES || length > left) {
                return false;
            }
            boolean isGood = words.getInt(0) == Rndis.PACKET
                    ? frame(packet, at, length, link)
                    : question(packet, at, length, isUp);
            if (!isGood) {
                return false;
            }
            at += length;
        }
        return at > 0;
    }

    private boolean question(Pieces packet, int at, int length, boolean isUp) {
        if (length > head.length) {
            return false;
        }
        // The first of it is not read again.
        int known = Math.min(length, Rndis.PACKET_BYTES);
        packet.read(at + known, head, known, length - known);
        return control.take(head, length, isUp);
    }

    private boolean frame(Pieces packet, int at, int length, FrameLink link) throws IOException {
        int room = length - Rndis.HEAD_BYTES;
        if (length < Rndis.PACKET_BYTES || !control.isInitialized()) {
            return false;
        }
        int offset = words.getInt(Rndis.DATA_OFFSET_AT);
        int bytes = words.getInt(Rndis.DATA_LENGTH_AT);
        if (offset < Rndis.DATA_OFFSET
                || bytes < Adapter.ETHERNET_HEAD_BYTES
                || bytes > room
                || offset > room - bytes) {
            return false;
        }
        if (!beside(packet, at)) {
            return false;
        }
        int most = segment == 0 ? adapter.mtu() + Adapter.ETHERNET_HEAD_BYTES + TAG_BYTES : MOST_LARGE_BYTES;
        if (link == null || bytes > most) {
            counters.add(Counters.SENT_DROPPED, 1);
            return true;
        }
        frame.plain(packet, at + Rndis.HEAD_BYTES + offset, bytes);
        if (tag >= 0) {
            frame.tag(tag);
        }
        if ((checksum != 0 || segment != 0) && !frame.offload(checksum, segment)) {
            return false;
        }
        link.send(frame);
        counters.add(Counters.SENT_FRAMES, 1);
        counters.add(Counters.SENT_BYTES, bytes);
        return true;
    }

    /** Reads what is beside a frame; false if that cannot be. */
    private boolean beside(Pieces packet, int at) {
        checksum = 0;
        segment = 0;
        tag = -1;
        int offset = words.getInt(Rndis.PPI_OFFSET_AT);
        int left = words.getInt(Rndis.PPI_LENGTH_AT);
        int room = words.getInt(Integer.BYTES) - Rndis.HEAD_BYTES;
        if (left == 0) {
            return true;
        }
        if (left < 0 || left > MOST_BESIDE_BYTES || offset < Rndis.DATA_OFFSET || offset > room - left) {
            return false;
        }
        packet.read(at + Rndis.HEAD_BYTES + offset, beside.array(), 0, left);
        int place = 0;
        while (left >= Rndis.PPI_BYTES + Integer.BYTES) {
            int size = beside.getInt(place);
            int type = beside.getInt(place + 4);
            int value = beside.getInt(place + 8);
            if (size < Rndis.PPI_BYTES + Integer.BYTES
                    || size > left
                    || value < Rndis.PPI_BYTES
                    || value > size - Integer.BYTES) {
                return false;
            }
            if (!know(type, beside.getInt(place + value))) {
                return false;
            }
            place += size;
            left -= size;
        }
        return true;
    }

    private boolean know(int type, int value) {
        switch (type) {
            case Rndis.PPI_CHECKSUM -> checksum |= value;
            case Rndis.PPI_LARGE_SEND -> {
                segment = value & 0xF_FFFF;
                // Where TCP begins is in both words at another place.
                checksum |= (value >>> 20 & 0x3FF) << 16;
                return segment >= Frame.LEAST_SEGMENT && segment <= Pieces.MOST_BYTES;
            }
            case Rndis.PPI_VLAN -> tag = (value & 7) << 13 | (value >>> 3 & 1) << 12 | value >>> 4 & 0xFFF;
            default -> {
                // Of no use here.
            }
        }
        return true;
    }
}
