package hv.netvsc;

import hv.api.vmbus.PageList;
import hv.api.vmbus.RingPacket;
import hv.api.vmbus.RingWriter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.function.LongPredicate;

/**
 * What the guest gets: frames and answers, each in a section of its receive buffer, and a packet in the ring that says
 * in which. A frame for which there is no section, or a packet for which there is no room, is left where it is. One
 * thread.
 */
final class Inbound {
    /** Sections in one packet. */
    private static final int MOST_RANGES = 32;

    private static final int RANGE_BYTES = 8;
    private static final int RANGES_AT = 8;

    /** Frames that are passed over and frames that are given, before others have their turn. */
    private static final int FRAMES_AT_A_TIME = 512;

    private final Buffers buffers;
    private final Counters counters;
    private final LongPredicate wants;
    private final int[] taken = new int[MOST_RANGES];

    /** The packet's header behind the head, and its payload. */
    private final ByteBuffer packet = ByteBuffer.allocate(RANGES_AT + MOST_RANGES * RANGE_BYTES + Nvsp.BYTES)
            .order(ByteOrder.LITTLE_ENDIAN);

    private final ByteBuffer head = ByteBuffer.allocate(Rndis.PACKET_BYTES).order(ByteOrder.LITTLE_ENDIAN);

    private final byte[] dataMessage = Nvsp.message(Nvsp.RNDIS_PACKET, Nvsp.CHANNEL_DATA, Nvsp.NO_SECTION, 0);
    private final byte[] controlMessage = Nvsp.message(Nvsp.RNDIS_PACKET, Nvsp.CHANNEL_CONTROL, Nvsp.NO_SECTION, 0);

    Inbound(Buffers buffers, Counters counters, LongPredicate wants) {
        this.buffers = buffers;
        this.counters = counters;
        this.wants = wants;
        packet.putShort(0, (short) Nvsp.RECEIVE_SET);
        head.putInt(0, Rndis.PACKET).putInt(Rndis.DATA_OFFSET_AT, Rndis.DATA_OFFSET);
    }

    /** Tells the guest the answers that wait, as many as there is room for. */
    void answer(Control control, RingWriter out) {
        for (byte[] answer = control.peek(); answer != null && buffers.canReceive(); answer = control.peek()) {
            int section = answer.length <= buffers.sectionBytes() && hasRoom(out)
                    ? buffers.sections().take()
                    : -1;
            if (section < 0) {
                return;
            }
            int at = section * buffers.sectionBytes();
            buffers.receive().write(at, answer, 0, answer.length);
            range(0, at, answer.length);
            taken[0] = section;
            give(1, controlMessage, out);
            control.remove();
        }
    }

    private static boolean hasRoom(RingWriter out) {
        return out.hasRoom(RANGES_AT + MOST_RANGES * RANGE_BYTES + Nvsp.BYTES);
    }

    /**
     * Gives the guest what the link has.
     *
     * @param landing used for each frame anew
     * @return whether there may be more that could be given now
     */
    boolean frames(FrameLink link, Pieces landing, RingWriter out) throws IOException {
        int left = FRAMES_AT_A_TIME;
        while (left > 0 && hasRoom(out)) {
            int count = 0;
            int state = 0;
            try {
                while (count < MOST_RANGES && left > 0 && state != FrameLink.NOTHING) {
                    left--;
                    state = receive(link, landing, count);
                    count += state > 0 ? 1 : 0;
                }
            } finally {
                if (count > 0) {
                    give(count, dataMessage, out);
                }
            }
            if (state == FrameLink.NOTHING) {
                return false;
            }
        }
        return left <= 0;
    }

    /** Whether a frame could be given now, were there one. */
    boolean isReady(RingWriter out) {
        return buffers.canReceive() && buffers.sections().hasForFrame() && hasRoom(out);
    }

    private int receive(FrameLink link, Pieces landing, int index) throws IOException {
        int section = buffers.sections().takeForFrame();
        if (section < 0) {
            return FrameLink.NOTHING;
        }
        PageList buffer = buffers.receive();
        int at = section * buffers.sectionBytes();
        int bytes = FrameLink.NOTHING;
        landing.clear();
        try {
            if (landing.add(buffer, at + Rndis.PACKET_BYTES, buffers.sectionBytes() - Rndis.PACKET_BYTES)) {
                bytes = link.receive(landing, wants);
            }
        } finally {
            if (bytes <= 0) {
                buffers.sections().putBack(section);
            }
        }
        if (bytes > 0) {
            int length = Rndis.PACKET_BYTES + bytes;
            head.putInt(Integer.BYTES, length).putInt(Rndis.DATA_LENGTH_AT, bytes);
            buffer.write(at, head.array(), 0, Rndis.PACKET_BYTES);
            range(index, at, length);
            taken[index] = section;
            counters.add(Counters.RECEIVED_FRAMES, 1);
            counters.add(Counters.RECEIVED_BYTES, bytes);
        } else if (bytes == FrameLink.PASSED_OVER) {
            counters.add(Counters.RECEIVED_DROPPED, 1);
        }
        return bytes;
    }

    private void range(int index, int offset, int length) {
        packet.putInt(RANGES_AT + RANGE_BYTES * index, length)
                .putInt(RANGES_AT + RANGE_BYTES * index + Integer.BYTES, offset);
    }

    private void give(int count, byte[] message, RingWriter out) {
        int header = RANGES_AT + RANGE_BYTES * count;
        packet.putInt(Integer.BYTES, count);
        packet.put(header, message);
        long transaction = buffers.sections().give(taken, count);
        out.writeWithHeader(RingPacket.TRANSFER_PAGES, true, transaction, packet.array(), header, header + Nvsp.BYTES);
    }
}
