package hv.netvsc;

import hv.api.GuestMemory;
import hv.api.vmbus.PageList;
import hv.api.vmbus.RingPacket;
import hv.api.vmbus.RingReader;
import hv.api.vmbus.RingWriter;
import hv.api.vmbus.VmbusChannel;
import hv.hosted.BufferMemory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.LongPredicate;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.LongStream;

/**
 * A guest that keeps to no rule, on a channel of its own without a bus, with a link behind the adapter that gives back
 * what it takes. Its RAM is, page after page: 9 and 9 of the two rings, 40 to receive, 8 to send, 7 that it names in
 * packets, and 7 that nobody has named and nothing may change. One thread.
 */
final class Attack implements VmbusChannel, FrameLink {
    private static final int RING = 9;
    private static final int RECEIVE_AT = 2 * RING;
    private static final int RECEIVE_PAGES = 40;
    private static final int SEND_AT = RECEIVE_AT + RECEIVE_PAGES;
    private static final int SEND_PAGES = 8;
    private static final int NAMED_AT = SEND_AT + SEND_PAGES;
    private static final int OTHERS_AT = NAMED_AT + 7;
    private static final int PAGES = OTHERS_AT + 7;
    private static final int PAGE = GuestMemory.PAGE_BYTES;
    private static final long CANARY = 0x5A5A_5A5A_5A5A_5A5AL;
    private static final int MOST_WAITING = 64;

    private final GuestMemory memory = new BufferMemory((long) PAGES * PAGE);
    private final RandomGenerator random;
    private final Netvsc device =
            new Netvsc("net0", new UUID(0, 1), new Adapter(0x5254_0000_0001L, Adapter.MOST_MTU), Backend.NONE);
    private final Deque<byte[]> looped = new ArrayDeque<>();
    private final RingPacket packet = new RingPacket(8192);
    private RingWriter guestOut;
    private RingReader guestIn;
    private RingReader in;
    private RingWriter out;
    private long frames;
    private long answers;

    Attack(long seed) {
        random = RandomGeneratorFactory.of("Xoroshiro128PlusPlus").create(seed);
        for (int at = OTHERS_AT * PAGE; at < PAGES * PAGE; at += Long.BYTES) {
            memory.putLong(at, CANARY);
        }
        device.uplink().use(this);
        open();
    }

    private PageList pages(int first, int count) {
        return PageList.of(memory, LongStream.range(first, first + count).toArray(), 0, (long) count * PAGE);
    }

    private void open() {
        for (int i = 0; i < 128; i += 4) {
            memory.putInt(i, 0);
            memory.putInt((long) RING * PAGE + i, 0);
        }
        guestOut = new RingWriter(pages(0, RING));
        in = new RingReader(pages(0, RING));
        out = new RingWriter(pages(RING, RING));
        guestIn = new RingReader(pages(RING, RING));
        device.opened(this);
    }

    /** So many operations, of which some are whole conversations. */
    void run(long operations) {
        for (long i = 0; i < operations; i++) {
            step();
            if (random.nextInt(4) == 0) {
                device.woken();
                drain();
            }
            if (i % 4096 == 0) {
                check();
            }
            if (in.isFaulty() || random.nextInt(2000) == 0) {
                device.closed();
                open();
            }
        }
        check();
        device.left();
    }

    /** How many frames went through: an attack that only fails at the door proves little. */
    long frames() {
        return frames;
    }

    long answers() {
        return answers;
    }

    private void check() {
        for (int at = OTHERS_AT * PAGE; at < PAGES * PAGE; at += Long.BYTES) {
            if (memory.getLong(at) != CANARY) {
                throw new AssertionError("page %d was written".formatted(at / PAGE));
            }
        }
    }

    private int pick(int... values) {
        return values[random.nextInt(values.length)];
    }

    /** A number that is near something, or anything. */
    private int odd(int near) {
        return switch (random.nextInt(8)) {
            case 0 -> random.nextInt();
            case 1 -> near + random.nextInt(-64, 64);
            case 2 -> pick(0, -1, 1, 0x7FFF_FFFF, 0x8000_0000);
            default -> near;
        };
    }

    private static byte[] words(int... values) {
        ByteBuffer all = ByteBuffer.allocate(40).order(ByteOrder.LITTLE_ENDIAN);
        for (int value : values) {
            all.putInt(value);
        }
        return all.array();
    }

    private void send(int type, long transaction, byte[] payload) {
        guestOut.write(type, random.nextInt(8) != 0, transaction, payload, 0, payload.length);
        guestOut.commit();
    }

    private void step() {
        switch (random.nextInt(16)) {
            case 0 -> send(6, 1, words(1, pick(0x6_0001, 0x6_0000, 0x4_0000, 2, odd(0x6_0001)), 0));
            case 1 -> send(6, 2, words(125, odd(pick(1514, 9014, 65_535)), 0, 0, 0));
            case 2 -> send(6, 3, words(101, odd(1), 0xCAFE));
            case 3 -> send(6, 4, words(104, odd(2), 0));
            case 4 -> control(2, 1, 0, 0x4000);
            case 5 ->
                control(odd(pick(3, 4, 5, 8)), odd(pick(0x1_0106, 0x101_0101, 0xFC01_020D)), odd(4), odd(20), 0, 0);
            case 6 -> control(5, 0x1_010E, 4, 20, 0, pick(0, 0xD, 0x2D, random.nextInt()));
            case 7 -> scribble();
            case 8 -> send(0xB, odd(random.nextInt(60)), words(108, 1));
            case 9 -> send(6, 9, words(pick(103, 106, 133, 134, random.nextInt()), odd(1)));
            default -> frame();
        }
    }

    private void scribble() {
        if (random.nextInt(40) == 0) {
            memory.putInt(4L * random.nextInt(RING * 2 * 1024), 8 * random.nextInt(9000));
        }
        memory.putInt((long) SEND_AT * PAGE + 4L * random.nextInt(SEND_PAGES * 1024), random.nextInt());
    }

    private void control(int type, int... rest) {
        ByteBuffer question = ByteBuffer.allocate(12 + 4 * rest.length).order(ByteOrder.LITTLE_ENDIAN);
        question.putInt(type).putInt(odd(question.capacity())).putInt(7);
        for (int word : rest) {
            question.putInt(word);
        }
        carry(question.array(), 1);
    }

    /** A frame with whatever beside it, for IPv4 or IPv6 or neither. */
    private void frame() {
        int bytes = pick(14, 60, 200, 1514, 5000);
        int beside = pick(0, 16, 32);
        ByteBuffer message = ByteBuffer.allocate(44 + beside + bytes).order(ByteOrder.LITTLE_ENDIAN);
        message.putInt(1)
                .putInt(odd(message.capacity()))
                .putInt(odd(36 + beside))
                .putInt(odd(bytes));
        message.putInt(28, odd(36)).putInt(32, odd(beside)).position(44);
        for (int i = 0; i < beside; i += 16) {
            message.putInt(odd(16))
                    .putInt(pick(0, 2, 6, 8, odd(0)))
                    .putInt(odd(12))
                    .putInt(odd(0x22 << 16 | 5));
        }
        int at = message.position();
        message.order(ByteOrder.BIG_ENDIAN);
        message.putShort(at, (short) -1).putInt(at + 2, -1).putShort(at + 12, (short) pick(0x0800, 0x86DD, 0x8100, 1));
        if (bytes > 60) {
            message.put(at + 14, (byte) pick(0x45, 0x60, 0x4F, random.nextInt()));
            message.putShort(at + 16, (short) odd(bytes - 14)).put(at + 46, (byte) pick(0x50, 0xF0, random.nextInt()));
        }
        carry(message.array(), 0);
    }

    private void carry(byte[] message, int channel) {
        if (random.nextBoolean()) {
            int section = random.nextInt(5);
            memory.write((SEND_AT * (long) PAGE) + section * 6144L, message, 0, message.length);
            send(6, 100, words(107, odd(channel), odd(section), odd(message.length)));
            return;
        }
        int pages = (message.length + PAGE - 1) / PAGE;
        memory.write((long) NAMED_AT * PAGE, message, 0, message.length);
        ByteBuffer all = ByteBuffer.allocate(16 + 8 * pages + 40).order(ByteOrder.LITTLE_ENDIAN);
        all.putInt(0).putInt(odd(1)).putInt(odd(message.length)).putInt(odd(0));
        for (int i = 0; i < pages; i++) {
            all.putLong(random.nextInt(20) == 0 ? random.nextLong() : NAMED_AT + i);
        }
        all.put(words(107, channel, -1, 0));
        guestOut.writeWithHeader(9, true, 200, all.array(), 16 + 8 * pages, all.capacity());
        guestOut.commit();
    }

    /** Takes what the device has written; most of its packets are given back. */
    private void drain() {
        if (random.nextInt(8) == 0) {
            return;
        }
        while (guestIn.next(packet) == RingReader.Outcome.PACKET) {
            answers++;
            if (packet.type() == RingPacket.TRANSFER_PAGES) {
                for (int i = 0; i < packet.headerIntAt(20); i++) {
                    long end = packet.headerIntAt(28 + 8 * i) + (long) packet.headerIntAt(24 + 8 * i);
                    if (end > RECEIVE_PAGES * PAGE) {
                        throw new AssertionError("a range ends at %d".formatted(end));
                    }
                }
                if (random.nextInt(16) != 0) {
                    send(0xB, packet.transaction(), words(108, 1));
                }
            }
        }
        guestIn.commit();
        guestIn.end();
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
    public void wakeAt(long referenceTime100ns) {
        throw new AssertionError("nothing is due");
    }

    @Override
    public long referenceTime100ns() {
        return 0;
    }

    @Override
    public Optional<PageList> memory(int gpadl) {
        return switch (gpadl) {
            case 1 -> Optional.of(pages(RECEIVE_AT, RECEIVE_PAGES));
            case 2 -> Optional.of(pages(SEND_AT, SEND_PAGES));
            case 3 -> Optional.of(pages(SEND_AT, 1));
            default -> Optional.empty();
        };
    }

    @Override
    public GuestMemory ram() {
        return memory;
    }

    @Override
    public int version() {
        return 0x5_0003;
    }

    // The link: what goes out comes back.

    private final ByteBuffer buffer = ByteBuffer.allocate(Finisher.MOST_BYTES);

    @Override
    public boolean hasRoom() {
        return looped.size() < MOST_WAITING;
    }

    @Override
    public void send(Frame frame) {
        buffer.clear();
        Finisher.put(frame, buffer);
        buffer.flip();
        while (buffer.hasRemaining()) {
            byte[] one = new byte[buffer.getInt()];
            buffer.get(one);
            frames++;
            looped.add(one);
        }
    }

    @Override
    public void flush() {
        // All is there.
    }

    @Override
    public boolean isBehind() {
        return false;
    }

    @Override
    public int receive(Pieces into, LongPredicate wants) {
        byte[] next = looped.poll();
        if (next == null) {
            return NOTHING;
        }
        if (next.length > into.bytes() || !wants.test(ByteBuffer.wrap(next).getLong() >>> Short.SIZE)) {
            return PASSED_OVER;
        }
        into.write(ByteBuffer.wrap(next), 0, next.length);
        return next.length;
    }

    @Override
    public synchronized void await(boolean wantsFrames, boolean wantsRoom) {
        try {
            wait();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public synchronized void wake() {
        notifyAll();
    }

    @Override
    public Map<String, Object> handOver() {
        return Map.of();
    }

    @Override
    public void close() {
        // Nothing to close.
    }

    @Override
    public void leave() {
        // Nothing to leave.
    }
}
