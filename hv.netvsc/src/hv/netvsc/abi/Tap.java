package hv.netvsc.abi;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * One end of a TAP device of the host: frames with a head of virtio in front of each ({@link #HEAD_BYTES}), of which
 * the kernel reads and writes the pieces where they are. Used by one thread, but for {@link #await}, which another one
 * calls, and {@link #wake}.
 */
public final class Tap {
    /** In front of each frame. */
    public static final int HEAD_BYTES = 10;

    /** What {@link #read} and {@link #write} say if that cannot be done now. */
    public static final int NOT_NOW = -1;

    private static final int MOST_PIECES = 1024;
    private static final int PIECE_BYTES = 16;
    private static final long AT_FDCWD = -100;
    private static final long READ_WRITE_NOW_ONLY = 0x2 | 0x800 | 0x8_0000;
    private static final long EVENT_FLAGS = 0x800 | 0x8_0000;
    private static final long TUNSETIFF = 0x4004_54CAL;
    private static final long TUNSETOFFLOAD = 0x4004_54D0L;
    private static final int NAME_BYTES = 16;
    private static final int REQUEST_BYTES = 40;
    private static final short TAP_WITH_HEADS = 0x2 | 0x1000 | 0x4000;
    private static final short POLL_IN = 1;
    private static final short POLL_OUT = 4;

    /** Held while {@link #event} is looked at or closed. */
    private final Object lock = new Object();

    private final int fd;
    private final Arena arena = Arena.ofAuto();
    private final MemorySegment capture = Syscalls.capture(arena);
    private final MemorySegment pieces = arena.allocate((long) MOST_PIECES * PIECE_BYTES, Long.BYTES);
    private MemorySegment kept = MemorySegment.NULL;
    private int count;

    /** What ends a wait; -1 when this is closed. */
    private int event;

    private Tap(int fd) throws IOException {
        this.fd = fd;
        long made = Syscalls.call(Syscalls.EVENTFD2, 0, EVENT_FLAGS, 0, 0);
        if (made < 0) {
            throw new IOException("eventfd: " + Syscalls.name(made));
        }
        event = (int) made;
    }

    /**
     * Opens the device of an interface that is there.
     *
     * @param name of the interface, at most 15 characters
     * @throws IOException if that is not permitted, or it is no TAP, or in use; one line
     */
    public static Tap open(String name) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment path = arena.allocateFrom("/dev/net/tun");
            long fd = Syscalls.call(Syscalls.OPENAT, AT_FDCWD, path.address(), READ_WRITE_NOW_ONLY, 0);
            if (fd < 0) {
                throw new IOException("/dev/net/tun: " + Syscalls.name(fd));
            }
            MemorySegment request = arena.allocate(REQUEST_BYTES, Long.BYTES);
            byte[] bytes = name.getBytes(StandardCharsets.US_ASCII);
            MemorySegment.copy(bytes, 0, request, JAVA_BYTE, 0, bytes.length);
            request.set(JAVA_SHORT, NAME_BYTES, TAP_WITH_HEADS);
            long done = Syscalls.call(Syscalls.IOCTL, fd, TUNSETIFF, request.address(), 0);
            if (done >= 0) {
                // Frames that come are whole: with their sums, and no longer than the interface's MTU says.
                done = Syscalls.call(Syscalls.IOCTL, fd, TUNSETOFFLOAD, 0, 0);
            }
            if (done < 0) {
                Syscalls.call(Syscalls.CLOSE, fd, 0, 0, 0);
                throw new IOException(Syscalls.name(done));
            }
            return new Tap((int) fd);
        }
    }

    /** One that was opened before in this process, and is this one's now. */
    public static Tap of(int descriptor) throws IOException {
        return new Tap(descriptor);
    }

    /** Its number among the files of the process. */
    public int descriptor() {
        return fd;
    }

    /** The address of a direct buffer's first byte. */
    public static long address(ByteBuffer direct) {
        return MemorySegment.ofBuffer(direct.duplicate().clear()).address();
    }

    /** Forgets all pieces. */
    public void clear() {
        count = 0;
    }

    /**
     * Adds a piece of memory.
     *
     * @param address of memory that stays mapped until the call is back
     * @return false if there are too many
     */
    public boolean add(long address, int length) {
        if (count == MOST_PIECES) {
            return false;
        }
        pieces.set(JAVA_LONG, (long) count * PIECE_BYTES, address);
        pieces.set(JAVA_LONG, (long) count * PIECE_BYTES + Long.BYTES, length);
        count++;
        return true;
    }

    /** Has memory stay mapped during calls. */
    public void keep(ByteBuffer direct) {
        kept = MemorySegment.ofBuffer(direct.duplicate().clear());
    }

    /** Reads a frame with its head into the pieces; gives its length, cut at theirs, or {@link #NOT_NOW}. */
    public int read() throws IOException {
        return call(Syscalls.READV);
    }

    /** Writes a frame with its head from the pieces; gives its length or {@link #NOT_NOW}. */
    public int write() throws IOException {
        return call(Syscalls.WRITEV);
    }

    private int call(long number) throws IOException {
        long done = Syscalls.call(capture, kept, number, fd, pieces.address(), count, 0);
        if (done == -Syscalls.EAGAIN || done == -Syscalls.EINTR) {
            return NOT_NOW;
        }
        if (done < 0) {
            throw new IOException(Syscalls.name(done));
        }
        return (int) done;
    }

    /** Waits until a frame can be read, or one written, or somebody calls {@link #wake}. */
    public void await(boolean wantsFrames, boolean wantsRoom) throws IOException {
        int waker;
        synchronized (lock) {
            waker = event;
        }
        if (waker < 0) {
            throw new IOException("it is closed");
        }
        try (Arena here = Arena.ofConfined()) {
            MemorySegment both = here.allocate(2L * Long.BYTES, Long.BYTES);
            both.set(JAVA_INT, 0, fd);
            both.set(JAVA_SHORT, 4, (short) ((wantsFrames ? POLL_IN : 0) | (wantsRoom ? POLL_OUT : 0)));
            both.set(JAVA_INT, 8, waker);
            both.set(JAVA_SHORT, 12, POLL_IN);
            long done = Syscalls.call(Syscalls.POLL, both.address(), 2, -1, 0);
            if (done < 0 && done != -Syscalls.EINTR) {
                throw new IOException(Syscalls.name(done));
            }
            if (both.get(JAVA_SHORT, 14) != 0) {
                take(waker, here);
            }
        }
    }

    private static void take(int waker, Arena arena) {
        MemorySegment word = arena.allocate(JAVA_LONG);
        MemorySegment piece = arena.allocate(PIECE_BYTES, Long.BYTES);
        piece.set(JAVA_LONG, 0, word.address());
        piece.set(JAVA_LONG, Long.BYTES, Long.BYTES);
        Syscalls.call(Syscalls.READV, waker, piece.address(), 1, 0);
    }

    /** Ends one {@link #await}. Any thread. */
    public void wake() {
        synchronized (lock) {
            if (event >= 0) {
                try (Arena here = Arena.ofConfined()) {
                    Syscalls.call(
                            Syscalls.WRITE,
                            event,
                            here.allocateFrom(JAVA_LONG, 1).address(),
                            Long.BYTES,
                            0);
                }
            }
        }
    }

    /** Closes what ends a wait, and leaves the device open; not while somebody waits. */
    public void leave() {
        synchronized (lock) {
            if (event >= 0) {
                Syscalls.call(Syscalls.CLOSE, event, 0, 0, 0);
                event = -1;
            }
        }
    }

    /** Closes it; not while somebody waits. */
    public void close() {
        synchronized (lock) {
            if (event >= 0) {
                leave();
                Syscalls.call(Syscalls.CLOSE, fd, 0, 0, 0);
            }
        }
    }
}
