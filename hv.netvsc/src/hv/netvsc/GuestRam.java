package hv.netvsc;

import hv.api.GuestMemory;
import hv.netvsc.abi.Tap;
import java.nio.ByteBuffer;

/**
 * A guest's RAM as buffers of one MiB each, so that data goes between it and a buffer of a socket in one copy and
 * without garbage. Addresses have been checked to be RAM. One thread.
 */
final class GuestRam {
    private static final int WINDOW_SHIFT = 20;
    private static final int WINDOW_BYTES = 1 << WINDOW_SHIFT;
    private static final int WINDOW_MASK = WINDOW_BYTES - 1;

    /** RAM above so many MiB is copied through an array. */
    private static final long MOST_WINDOWS = 1 << 20;

    private static final ByteBuffer NONE = ByteBuffer.allocate(0);

    private final GuestMemory memory;

    /** Null where nobody has asked yet; {@link #NONE} where there is no buffer. */
    private final ByteBuffer[] windows;

    /** Of those that the kernel was told of. */
    private final long[] addresses;

    private final byte[] between = new byte[GuestMemory.PAGE_BYTES];

    GuestRam(GuestMemory memory) {
        this.memory = memory;
        this.windows = new ByteBuffer[(int) Math.min(MOST_WINDOWS, (memory.endGpa() >>> WINDOW_SHIFT) + 1)];
        this.addresses = new long[windows.length];
    }

    /** Whether the page or part of a page is RAM. */
    boolean isRam(long gpa, int bytes) {
        return memory.isRam(gpa, bytes);
    }

    private ByteBuffer window(long gpa) {
        long index = gpa >>> WINDOW_SHIFT;
        if (index >= windows.length) {
            return NONE;
        }
        ByteBuffer known = windows[(int) index];
        if (known == null) {
            known = memory.buffer(index << WINDOW_SHIFT, WINDOW_BYTES).orElse(NONE);
            windows[(int) index] = known;
        }
        return known;
    }

    /** Copies RAM to the buffer's position, and moves that. */
    void read(long gpa, ByteBuffer to, int length) {
        int done = 0;
        while (done < length) {
            long at = gpa + done;
            int piece = piece(at, length - done);
            ByteBuffer window = window(at);
            if (window == NONE) {
                memory.read(at, between, 0, piece);
                to.put(between, 0, piece);
            } else {
                to.put(to.position(), window, (int) (at & WINDOW_MASK), piece);
                to.position(to.position() + piece);
            }
            done += piece;
        }
    }

    /** Copies from {@code position} of a buffer to RAM. */
    void write(long gpa, ByteBuffer from, int position, int length) {
        int done = 0;
        while (done < length) {
            long at = gpa + done;
            int piece = piece(at, length - done);
            ByteBuffer window = window(at);
            if (window == NONE) {
                from.get(position + done, between, 0, piece);
                memory.write(at, between, 0, piece);
            } else {
                window.put((int) (at & WINDOW_MASK), from, position + done, piece);
            }
            done += piece;
        }
    }

    private int piece(long at, int most) {
        int window = Math.min(most, WINDOW_BYTES - (int) (at & WINDOW_MASK));
        if (window(at) != NONE) {
            return window;
        }
        // Pages that follow one another may be of two regions, which no access reaches across.
        return Math.min(window, between.length - (int) (at & between.length - 1));
    }

    /** Copies RAM to an array. */
    void read(long gpa, byte[] to, int offset, int length) {
        memory.read(gpa, to, offset, length);
    }

    /** Where the byte is in this process, for calls of the kernel's; 0 if RAM cannot be had so. */
    long address(long gpa) {
        ByteBuffer window = window(gpa);
        if (window == NONE || !window.isDirect()) {
            return 0;
        }
        int index = (int) (gpa >>> WINDOW_SHIFT);
        if (addresses[index] == 0) {
            addresses[index] = Tap.address(window);
        }
        return addresses[index] + (gpa & WINDOW_MASK);
    }

    /** How many bytes from an address on are in its window. */
    static int restOfWindow(long gpa) {
        return WINDOW_BYTES - (int) (gpa & WINDOW_MASK);
    }
}
