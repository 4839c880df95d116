package hv.bench.network;

import hv.api.GuestMemory;
import hv.api.vmbus.PageList;
import hv.api.vmbus.RingPacket;
import hv.api.vmbus.RingReader;
import hv.api.vmbus.RingWriter;
import hv.api.vmbus.VmbusChannel;
import hv.api.vmbus.VmbusDevice;
import hv.hosted.BufferMemory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;
import java.util.stream.LongStream;

/**
 * A guest with one network adapter, on the thread that measures: no bus, no signals, nothing but rings, buffers and the
 * device. Its RAM is, page after page: 129 and 129 of the rings as Linux has them, 4096 to receive, 255 to send, and 17
 * with a large frame.
 */
final class NetGuest implements VmbusChannel {
    private static final int RING = 129;
    private static final int RECEIVE_AT = 2 * RING;
    private static final int RECEIVE_PAGES = 3840;
    private static final int SEND_AT = RECEIVE_AT + RECEIVE_PAGES;
    private static final int SEND_PAGES = 255;
    private static final int LARGE_AT = SEND_AT + SEND_PAGES;
    private static final int LARGE_PAGES = 17;
    private static final int PAGE = GuestMemory.PAGE_BYTES;
    private static final int SECTION = 6144;
    private static final int HEAD = 44;
    private static final byte[] RECEIVED = words(108, 1);

    private final GuestMemory memory = new BufferMemory((long) (LARGE_AT + LARGE_PAGES) * PAGE);
    private final RingWriter guestOut = new RingWriter(pages(0, RING));
    private final RingReader in = new RingReader(pages(0, RING));
    private final RingWriter out = new RingWriter(pages(RING, RING));
    private final RingReader guestIn = new RingReader(pages(RING, RING));
    private final RingPacket packet = new RingPacket(8192);
    private final VmbusDevice device;
    private byte[] large = {};
    private long completions;
    private long frames;

    /** Agrees on everything, as Linux does. */
    NetGuest(VmbusDevice device, int mtu) {
        this.device = device;
        device.opened(this);
        say(words(1, 0x6_0001, 0x6_0001));
        say(words(125, mtu + 14));
        say(words(101, 1, 0xCAFE));
        say(words(104, 2, 0));
        say(question(2, 1, 0, 0x4000));
        say(question(5, 0x1_010E, 4, 20, 0, 0x2D));
    }

    private PageList pages(int first, int count) {
        return PageList.of(memory, LongStream.range(first, first + count).toArray(), 0, (long) count * PAGE);
    }

    private static byte[] words(int... values) {
        ByteBuffer all = ByteBuffer.allocate(40).order(ByteOrder.LITTLE_ENDIAN);
        for (int value : values) {
            all.putInt(value);
        }
        return all.array();
    }

    private byte[] question(int type, int... rest) {
        ByteBuffer all = ByteBuffer.allocate(12 + 4 * rest.length).order(ByteOrder.LITTLE_ENDIAN);
        all.putInt(type).putInt(all.capacity()).putInt(1);
        for (int word : rest) {
            all.putInt(word);
        }
        memory.write((long) SEND_AT * PAGE, all.array(), 0, all.capacity());
        return words(107, 1, 0, all.capacity());
    }

    private void say(byte[] message) {
        guestOut.write(6, true, 1, message, 0, message.length);
        guestOut.commit();
        device.woken();
        drain();
    }

    /** Fills the sections with frames, {@code each} of them in one, and gives how many there are. */
    int fill(int bytes, int each) {
        ByteBuffer message = ByteBuffer.allocate(HEAD + bytes).order(ByteOrder.LITTLE_ENDIAN);
        message.putInt(1).putInt(message.capacity()).putInt(36).putInt(bytes);
        int sections = SEND_PAGES * PAGE / SECTION;
        for (int section = 0; section < sections; section++) {
            for (int i = 0; i < each; i++) {
                long at = (long) SEND_AT * PAGE + (long) section * SECTION + (long) i * message.capacity();
                memory.write(at, message.array(), 0, message.capacity());
            }
        }
        return sections;
    }

    /** Puts a packet with a section's frames into the ring. */
    void send(int section, int bytes) {
        byte[] message = words(107, 0, section, bytes);
        guestOut.write(6, true, 0x100 + section, message, 0, message.length);
    }

    /** A large segment of TCP over IPv4, to be divided. */
    void fillLarge(int bytes, int segment) {
        ByteBuffer frame = ByteBuffer.allocate(HEAD + 16 + 54 + bytes).order(ByteOrder.LITTLE_ENDIAN);
        frame.putInt(1)
                .putInt(frame.capacity())
                .putInt(52)
                .putInt(54 + bytes)
                .putInt(28, 36)
                .putInt(32, 16);
        frame.position(HEAD);
        frame.putInt(16).putInt(2).putInt(12).putInt(segment | 34 << 20 | 1 << 30);
        frame.order(ByteOrder.BIG_ENDIAN).position(HEAD + 16 + 12);
        frame.putShort((short) 0x0800).putShort((short) 0x4500).position(HEAD + 16 + 14 + 8);
        frame.putShort((short) 0x4006).position(HEAD + 16 + 34 + 12);
        frame.putShort((short) 0x5010);
        memory.write((long) LARGE_AT * PAGE, frame.array(), 0, frame.capacity());
        ByteBuffer header = ByteBuffer.allocate(16 + 8 * LARGE_PAGES + 40).order(ByteOrder.LITTLE_ENDIAN);
        int count = (frame.capacity() + PAGE - 1) / PAGE;
        header.putInt(0).putInt(1).putInt(frame.capacity()).putInt(0);
        for (int i = 0; i < count; i++) {
            header.putLong(LARGE_AT + i);
        }
        header.put(words(107, 0, -1, 0));
        large = new byte[header.position()];
        header.get(0, large);
    }

    void sendLarge() {
        guestOut.writeWithHeader(RingPacket.GPA_DIRECT, true, 1, large, large.length - 40, large.length);
    }

    void commit() {
        guestOut.commit();
    }

    /** Takes what the device has written, and gives frames back. */
    void drain() {
        guestIn.begin();
        while (guestIn.next(packet) == RingReader.Outcome.PACKET) {
            if (packet.type() == RingPacket.COMPLETION) {
                completions++;
            } else {
                frames += packet.headerIntAt(20);
                guestOut.write(RingPacket.COMPLETION, false, packet.transaction(), RECEIVED, 0, RECEIVED.length);
            }
        }
        guestIn.commit();
        guestIn.end();
        guestOut.commit();
    }

    /** How many packets have come back. */
    long completions() {
        return completions;
    }

    /** How many frames it has been given, answers among them. */
    long frames() {
        return frames;
    }

    @Override
    public RingReader in() {
        return in;
    }

    @Override
    public RingWriter out() {
        return out;
    }

    @Override
    public void signal() {
        // It looks by itself.
    }

    @Override
    public void wake() {
        // It is called all the time.
    }

    @Override
    public void wakeAt(long referenceTime100ns) {
        throw new UnsupportedOperationException();
    }

    @Override
    public long referenceTime100ns() {
        return 0;
    }

    @Override
    public Optional<PageList> memory(int gpadl) {
        return Optional.of(gpadl == 1 ? pages(RECEIVE_AT, RECEIVE_PAGES) : pages(SEND_AT, SEND_PAGES));
    }

    @Override
    public GuestMemory ram() {
        return memory;
    }

    @Override
    public int version() {
        return 0x5_0003;
    }
}
