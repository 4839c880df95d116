package hv.fuzz.disk;

import hv.api.GuestMemory;
import hv.api.vmbus.PageList;
import hv.api.vmbus.RingReader;
import hv.api.vmbus.RingWriter;
import hv.api.vmbus.VmbusChannel;
import hv.fuzz.target.Finding;
import hv.hosted.BufferMemory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;

/**
 * A channel without a bus, and the guest's end of it, which writes what it likes. One thread, but for {@link #wake}.
 */
final class DiskChannel implements VmbusChannel {
    static final int PAGE = GuestMemory.PAGE_BYTES;
    static final int RING_PAGES = 4;

    /** Where data goes; what is before and behind is nobody's. */
    static final int DATA_PAGE = 2 * RING_PAGES + 2;

    static final int DATA_PAGES = 32;
    static final int ALL_PAGES = DATA_PAGE + DATA_PAGES + 2;
    private static final int RING_BYTES = (RING_PAGES - 1) * PAGE;
    private static final long ANSWERS = (long) RING_PAGES * PAGE;
    private static final long PATIENCE_SECONDS = 20;

    private final GuestMemory memory = new BufferMemory((long) ALL_PAGES * PAGE);
    private final Semaphore wishes = new Semaphore(0);
    private RingReader in;
    private RingWriter out;
    private int write;
    private int read;

    /** The guest opens it: both rings are empty. */
    void open() {
        byte[] zeroes = new byte[2 * RING_PAGES * PAGE];
        memory.write(0, zeroes, 0, zeroes.length);
        write = 0;
        read = 0;
        lay();
    }

    /** Somebody else serves it from now on. */
    void lay() {
        int all = 2 * RING_PAGES;
        PageList pages = PageList.of(memory, LongStream.range(0, all).toArray(), 0, (long) all * PAGE);
        in = new RingReader(pages.slice(0, RING_PAGES));
        out = new RingWriter(pages.slice(RING_PAGES, RING_PAGES));
        wishes.drainPermits();
    }

    boolean isFaulty() {
        return in.isFaulty() || out.isFaulty();
    }

    /** Puts a packet into the ring. Its length is a multiple of 8, and there is room for it. */
    void send(byte[] packet) {
        for (int i = 0; i < packet.length; i++) {
            memory.write(PAGE + (write + i) % RING_BYTES, packet, i, 1);
        }
        write = (write + packet.length + Long.BYTES) % RING_BYTES;
        memory.putIntRelease(0, write);
    }

    /** A word of a ring's first page. */
    void scribble(boolean isAnswers, int at, int value) {
        memory.putInt((isAnswers ? ANSWERS : 0) + at, value);
    }

    /** The next packet of the host; null if there is none. */
    ByteBuffer receive() {
        int end = memory.getIntAcquire(ANSWERS);
        if (end == read) {
            return null;
        }
        ByteBuffer head = take(read, 16);
        int total = (head.getShort(4) & 0xFFFF) * Long.BYTES;
        if (total < 16 || total > RING_BYTES) {
            throw new Finding("a packet of %d bytes".formatted(total));
        }
        ByteBuffer packet = take(read, total);
        read = (read + total + Long.BYTES) % RING_BYTES;
        memory.putIntRelease(ANSWERS + Integer.BYTES, read);
        return packet;
    }

    private ByteBuffer take(int at, int length) {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            memory.read(ANSWERS + PAGE + (at + i) % RING_BYTES, bytes, i, 1);
        }
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** Waits until somebody wakes the channel. */
    void awaitWake() {
        try {
            if (!wishes.tryAcquire(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                throw new Finding("the guest waits for ever");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Finding("interrupted", e);
        }
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
        // The guest looks by itself.
    }

    @Override
    public void wake() {
        wishes.release();
    }

    @Override
    public void wakeAt(long referenceTime100ns) {
        // Nothing takes so long.
    }

    @Override
    public long referenceTime100ns() {
        return 0;
    }

    @Override
    public Optional<PageList> memory(int gpadl) {
        return Optional.empty();
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
