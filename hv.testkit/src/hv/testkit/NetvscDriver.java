package hv.testkit;

import hv.api.GuestMemory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.BitSet;
import java.util.Deque;

/**
 * The driver of a network adapter, by the rules of Linux (drivers/net/hyperv): it agrees on a version, lends the two
 * buffers, asks what Linux asks, and sends small frames in sections and large ones in pages. One thread.
 */
public final class NetvscDriver {
    /** Of a frame's message in front of the frame. */
    public static final int HEAD_BYTES = 44;

    private static final int SECTION_BYTES = 6144;
    private static final int RECEIVE_SET = 0xCAFE;
    private static final int COMPLETION = 0xB;
    private static final int GPA_DIRECT = 9;
    private static final byte[] NOTHING = {};

    private final VmbusGuest bus;
    private final VmbusRings rings;
    private final GuestMemory memory;
    private final Layout layout;
    private final Deque<byte[]> frames = new ArrayDeque<>();
    private final Deque<ByteBuffer> answers = new ArrayDeque<>();
    private final BitSet sections = new BitSet();
    private final BitSet pages = new BitSet();
    private ByteBuffer completion;
    private int request = 1;
    private int refused;
    private Boolean isUp;

    /**
     * Where its memory is.
     *
     * @param receiveId of the GPADL of the receive buffer
     * @param sendId of that of the send buffer
     * @param sendFirst the send buffer's first page
     * @param large pages for frames that are sent in pages of their own, of 17 each
     */
    public record Layout(
            int receiveId, int receiveFirst, int receivePages, int sendId, int sendFirst, int sendPages, int large) {
        /** All of it from a page on: {@code receivePages}, 9 pages to send from, and the rest. */
        public static Layout from(int first, int receivePages) {
            return new Layout(
                    0x18AE_0001, first, receivePages, 0x18AE_0002, first + receivePages, 9, first + receivePages + 9);
        }

        /** Describes the buffers, as Linux does after it has opened the channel. */
        public void describe(VmbusGuest bus, VmbusGuest.Offer offer) {
            boolean isTaken = bus.gpadl(offer.number(), receiveId, receiveFirst, receivePages) == 0
                    && bus.gpadl(offer.number(), sendId, sendFirst, sendPages) == 0;
            require(isTaken, "the buffers are taken");
        }
    }

    /** The driver of a channel that has been opened. */
    public NetvscDriver(VmbusGuest bus, VmbusRings rings, Layout layout) {
        this.bus = bus;
        this.rings = rings;
        this.memory = bus.memory();
        this.layout = layout;
    }

    private static void require(boolean holds, String what) {
        if (!holds) {
            throw new AssertionError("not so: " + what);
        }
    }

    /** Begins as Linux does with frames of {@code mtu} bytes and 14; gives the adapter's address. */
    public long begin(int mtu) {
        require(ask(1, 0x6_0001, 0x6_0001).getInt(12) == 1, "version 6.1 is spoken");
        say(125, mtu + 14, 0, 0, 0);
        say(100, 6, 30);
        ByteBuffer receive = ask(101, layout.receiveId, RECEIVE_SET);
        require(receive.getInt(0) == 102 && receive.getInt(4) == 1 && receive.getInt(8) == 1, "a receive buffer");
        require(
                (long) receive.getInt(16) * receive.getInt(20) <= layout.receivePages * 4096L,
                "the sections fit the receive buffer");
        ByteBuffer send = ask(104, layout.sendId, 0);
        require(send.getInt(4) == 1 && send.getInt(8) == SECTION_BYTES, "a send buffer");
        ByteBuffer init = control(2, 1, 0, 0x4000);
        require(init.getInt(0) == 0x8000_0002 && init.getInt(12) == 0, "RNDIS begins");
        query(0x1_0106);
        ByteBuffer mac = query(0x101_0101);
        require(mac.remaining() == 6, "an address");
        query(0x1_0114);
        require(set(0x1_010E, 0xD) == 0, "frames are wanted");
        return Long.reverseBytes(mac.getInt(0) & 0xFFFF_FFFFL | (mac.getShort(4) & 0xFFFFL) << 32) >>> 16;
    }

    private static byte[] message(int... words) {
        ByteBuffer message = ByteBuffer.allocate(40).order(ByteOrder.LITTLE_ENDIAN);
        for (int word : words) {
            message.putInt(word);
        }
        return message.array();
    }

    private void say(int... words) {
        bus.await("room", () -> rings.send(1, false, message(words)));
    }

    /** Says something and waits for its completion. */
    public ByteBuffer ask(int... words) {
        completion = null;
        bus.await("room", () -> rings.send(-1, true, message(words)));
        bus.await("a completion", () -> {
            poll();
            return completion != null;
        });
        return completion;
    }

    /** A question of RNDIS in a section, and its answer. */
    public ByteBuffer control(int type, int... words) {
        ByteBuffer question = ByteBuffer.allocate(12 + 4 * words.length).order(ByteOrder.LITTLE_ENDIAN);
        question.putInt(type).putInt(question.capacity()).putInt(request++);
        for (int word : words) {
            question.putInt(word);
        }
        bus.await("a section", () -> put(question.array(), 1));
        bus.await("an answer", () -> {
            poll();
            return !answers.isEmpty();
        });
        return answers.remove();
    }

    /** The value of a question; empty if it is not known. */
    public ByteBuffer query(int oid) {
        ByteBuffer answer = control(4, oid, 0, 20, 0);
        int length = answer.getInt(16);
        byte[] value = new byte[length];
        answer.get(8 + answer.getInt(20), value);
        return ByteBuffer.wrap(value).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** Sets one word; gives the status. */
    public int set(int oid, int value) {
        return control(5, oid, 4, 20, 0, value).getInt(12);
    }

    /** Sends a frame; false if there is no room for it now. */
    public boolean send(byte[] frame) {
        ByteBuffer message = ByteBuffer.allocate(HEAD_BYTES + frame.length).order(ByteOrder.LITTLE_ENDIAN);
        message.putInt(1).putInt(message.capacity()).putInt(36).putInt(frame.length);
        message.position(HEAD_BYTES).put(frame);
        return put(message.array(), 0);
    }

    /** Sends a message as it is, in a section or in pages. */
    public boolean put(byte[] message, int channel) {
        return message.length <= SECTION_BYTES ? putInSection(message, channel) : putInPages(message, channel);
    }

    private boolean putInSection(byte[] message, int channel) {
        int section = sections.nextClearBit(0);
        if (section >= layout.sendPages * 4096 / SECTION_BYTES) {
            return false;
        }
        memory.write(layout.sendFirst * 4096L + (long) section * SECTION_BYTES, message, 0, message.length);
        boolean isSent = rings.send(0x100 + section, true, message(107, channel, section, message.length));
        sections.set(section, isSent);
        return isSent;
    }

    /** In two ranges, the first of which does not begin with its page. */
    private boolean putInPages(byte[] message, int channel) {
        int place = pages.nextClearBit(0);
        long first = (layout.large + 18L * place) * 4096;
        if (!memory.isRam(first, 18 * 4096)) {
            return false;
        }
        int inFirst = 100;
        memory.write(first + 4096 - inFirst, message, 0, message.length);
        int count = (message.length - inFirst + 4095) / 4096;
        ByteBuffer header = ByteBuffer.allocate(8 + 16 + 8 + 8 * count).order(ByteOrder.LITTLE_ENDIAN);
        header.putInt(0).putInt(2);
        header.putInt(inFirst).putInt(4096 - inFirst).putLong(first >>> 12);
        header.putInt(message.length - inFirst).putInt(0);
        for (int i = 1; i <= count; i++) {
            header.putLong((first >>> 12) + i);
        }
        boolean isSent = rings.send(GPA_DIRECT, 0x1_0000 + place, true, header.array(), message(107, channel, -1, 0));
        pages.set(place, isSent);
        return isSent;
    }

    /** Takes all that the host has written. */
    public void poll() {
        for (ByteBuffer packet = rings.receive(); packet != null; packet = rings.receive()) {
            int header = (packet.getShort(2) & 0xFFFF) * 8;
            long transaction = packet.getLong(8);
            ByteBuffer payload =
                    packet.slice(header, packet.capacity() - header).order(ByteOrder.LITTLE_ENDIAN);
            if (packet.getShort(0) == COMPLETION) {
                complete(transaction, payload);
            } else {
                require(packet.getShort(0) == 7 && (packet.getShort(16) & 0xFFFF) == RECEIVE_SET, "pages of its own");
                int ranges = packet.getInt(20);
                for (int i = 0; i < ranges; i++) {
                    take(packet.getInt(24 + 8 * i), packet.getInt(28 + 8 * i));
                }
                bus.await("room", () -> rings.send(COMPLETION, transaction, false, NOTHING, message(108, 1)));
            }
        }
    }

    private void complete(long transaction, ByteBuffer payload) {
        if (transaction < 0) {
            completion = payload;
            return;
        }
        require(payload.getInt(0) == 108, "a completion of a message");
        refused += payload.getInt(4) == 1 ? 0 : 1;
        if (transaction >= 0x1_0000) {
            pages.clear((int) transaction - 0x1_0000);
        } else {
            sections.clear((int) transaction - 0x100);
        }
    }

    private void take(int length, int offset) {
        require(offset >= 0 && length >= 8 && offset + (long) length <= layout.receivePages * 4096L, "in the buffer");
        byte[] bytes = new byte[length];
        memory.read(layout.receiveFirst * 4096L + offset, bytes, 0, length);
        ByteBuffer message = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        require(message.getInt(4) == length, "a message of its length");
        if (message.getInt(0) == 1) {
            byte[] frame = new byte[message.getInt(12)];
            message.get(8 + message.getInt(8), frame);
            frames.add(frame);
        } else if (message.getInt(0) == 7) {
            isUp = message.getInt(8) == 0x4001_000B;
        } else {
            answers.add(message);
        }
    }

    /** The next frame; null if there is none now. */
    public byte[] receive() {
        poll();
        return frames.poll();
    }

    /** What the guest was told last of its cable; null if nothing. */
    public Boolean isUp() {
        poll();
        return isUp;
    }

    /** How many messages the host has refused. */
    public int refused() {
        return refused;
    }

    /** Whether the host has everything back that it was lent to send. */
    public boolean isIdle() {
        poll();
        return sections.isEmpty() && pages.isEmpty();
    }
}
