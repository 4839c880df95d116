package hv.netvsc;

import hv.api.StateException;
import hv.api.enlightenment.StateReader;
import hv.api.enlightenment.StateWriter;
import hv.api.vmbus.PageList;
import hv.api.vmbus.VmbusChannel;

/**
 * The two buffers that a guest lends its adapter: one for frames to it, divided into sections that are each given to
 * the guest and come back, and one for small frames of its own, whose sections are the guest's to choose. One thread.
 */
final class Buffers {
    /** Of a section of the send buffer: what Linux expects. */
    static final int SEND_SECTION_BYTES = 6144;

    private static final int LEAST_BYTES = 68;

    /** Around a frame in a section, and room for what later versions put beside it. */
    private static final int AROUND_FRAME_BYTES = 256 + 36;

    private boolean hasReceive;
    private boolean hasSend;
    private PageList receive;
    private int receiveId;
    private int sectionBytes;
    private Sections sections;
    private PageList send;
    private int sendId;

    void reset() {
        dropReceive();
        dropSend();
    }

    void dropReceive() {
        hasReceive = false;
        receive = null;
        receiveId = 0;
        sectionBytes = 0;
        sections = null;
    }

    void dropSend() {
        hasSend = false;
        send = null;
        sendId = 0;
    }

    /** Whether frames and answers can be given to the guest. */
    boolean canReceive() {
        return receive != null;
    }

    PageList receive() {
        return receive;
    }

    int sectionBytes() {
        return sectionBytes;
    }

    /** Null before there is a buffer. */
    Sections sections() {
        return sections;
    }

    /** Takes a buffer for frames to the guest; false if it is too small or there is none, or there is one already. */
    boolean takeReceive(VmbusChannel channel, int gpadl, int mtu) {
        PageList pages = channel.memory(gpadl).orElse(null);
        int bytes = mtu + AROUND_FRAME_BYTES + Long.BYTES - 1 & -Long.BYTES;
        if (receive != null || pages == null || pages.bytes() < bytes || pages.bytes() > Integer.MAX_VALUE) {
            return false;
        }
        hasReceive = true;
        receive = pages;
        receiveId = gpadl;
        sectionBytes = bytes;
        sections = new Sections((int) Math.min(Sections.MOST, pages.bytes() / bytes));
        return true;
    }

    /** Takes a buffer for frames of the guest; false if it is too small or there is none, or there is one already. */
    boolean takeSend(VmbusChannel channel, int gpadl) {
        PageList pages = channel.memory(gpadl).orElse(null);
        if (send != null || pages == null || pages.bytes() < SEND_SECTION_BYTES) {
            return false;
        }
        hasSend = true;
        send = pages;
        sendId = gpadl;
        return true;
    }

    /** Adds what a section of the send buffer holds; false if there is no such section. */
    boolean addSection(int section, int bytes, Pieces to) {
        return send != null
                && section >= 0
                && bytes >= 0
                && bytes <= SEND_SECTION_BYTES
                && to.add(send, (long) section * SEND_SECTION_BYTES, bytes);
    }

    void save(StateWriter out) {
        out.put("receive", hasReceive ? 1 : 0);
        out.put("receive.gpadl", receiveId & 0xFFFF_FFFFL);
        out.put("receive.section.bytes", sectionBytes);
        out.put("receive.sections", sections == null ? 0 : sections.count());
        out.put("receive.guest", sections == null ? new byte[0] : sections.saved());
        out.put("send", hasSend ? 1 : 0);
        out.put("send.gpadl", sendId & 0xFFFF_FFFFL);
    }

    /** Takes a state; {@link #resume} is to follow before anything else. */
    void restore(StateReader in) throws StateException {
        boolean isReceiving = flag(in, "receive");
        boolean isSending = flag(in, "send");
        int savedReceive = id(in, "receive.gpadl");
        int savedSend = id(in, "send.gpadl");
        long bytes = in.get("receive.section.bytes");
        long count = in.get("receive.sections");
        boolean isPossible = isReceiving
                ? bytes >= LEAST_BYTES && bytes <= Pieces.MOST_BYTES && count >= 1 && count <= Sections.MOST
                : bytes == 0 && count == 0;
        if (!isPossible) {
            throw new StateException("%d sections of %d bytes".formatted(count, bytes));
        }
        Sections saved = isReceiving ? Sections.restored((int) count, in.bytes("receive.guest")) : null;
        reset();
        hasReceive = isReceiving;
        receiveId = savedReceive;
        sectionBytes = (int) bytes;
        sections = saved;
        hasSend = isSending;
        sendId = savedSend;
    }

    private static boolean flag(StateReader in, String name) throws StateException {
        long value = in.get(name);
        if (value >>> 1 != 0) {
            throw new StateException("%s is %d".formatted(name, value));
        }
        return value == 1;
    }

    private static int id(StateReader in, String name) throws StateException {
        long value = in.get(name);
        if (value >>> Integer.SIZE != 0) {
            throw new StateException("%s is 0x%x".formatted(name, value));
        }
        return (int) value;
    }

    /** Goes on with the channel's memory; a buffer that the guest has taken back meanwhile is none any more. */
    void resume(VmbusChannel channel) {
        receive = hasReceive ? channel.memory(receiveId).orElse(null) : null;
        if (receive == null || (long) sectionBytes * sections.count() > receive.bytes()) {
            dropReceive();
        }
        send = hasSend ? channel.memory(sendId).orElse(null) : null;
        if (send == null) {
            dropSend();
        }
    }
}
