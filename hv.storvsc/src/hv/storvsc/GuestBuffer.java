package hv.storvsc;

import hv.api.GuestMemory;
import hv.api.vmbus.RingPacket;
import hv.storvsc.abi.GuestRam;
import hv.storvsc.abi.Vector;

/**
 * The pages that a request names, all of which have been found to be RAM. Used again for the next request; it grows and
 * does not shrink. One thread at a time.
 */
final class GuestBuffer {
    /** The most that one request moves; what the guest is told. */
    static final int MOST_BYTES = 1 << 20;

    private static final int PAGE = GuestMemory.PAGE_BYTES;
    private static final int COUNT_AT = 20;
    private static final int BYTES_AT = 24;
    private static final int OFFSET_AT = 28;
    private static final int PAGES_AT = 32;

    private long[] pages = new long[4];
    private GuestMemory memory;
    private GuestRam ram;
    private int first;
    private int bytes;

    private final Vector vector = new Vector();

    /** Of a request without data. */
    void clear() {
        bytes = 0;
        memory = null;
    }

    /** Takes the one range that a packet of type {@link RingPacket#GPA_DIRECT} names; false if it cannot be one. */
    boolean take(RingPacket packet, GuestMemory guest, GuestRam where) {
        clear();
        if (packet.headerBytes() < PAGES_AT || packet.headerIntAt(COUNT_AT) != 1) {
            return false;
        }
        int length = packet.headerIntAt(BYTES_AT);
        int offset = packet.headerIntAt(OFFSET_AT);
        if (length < 0 || length > MOST_BYTES || offset < 0 || offset >= PAGE) {
            return false;
        }
        int count = (offset + length + PAGE - 1) / PAGE;
        if (count > (packet.headerBytes() - PAGES_AT) / Long.BYTES) {
            return false;
        }
        if (count > pages.length) {
            pages = new long[Math.max(count, 2 * pages.length)];
        }
        for (int i = 0; i < count; i++) {
            long number = packet.headerLongAt(PAGES_AT + i * Long.BYTES);
            // A page number above 2^52 has no address.
            if (number >>> 52 != 0 || !guest.isRam(number * PAGE, PAGE)) {
                return false;
            }
            pages[i] = number * PAGE;
        }
        memory = guest;
        ram = where;
        first = offset;
        bytes = length;
        return true;
    }

    /** How many bytes there are. */
    int bytes() {
        return bytes;
    }

    /** What of it begins at {@code position} and is in one page. */
    private int piece(int position, int most) {
        return Math.min(most, PAGE - (first + position) % PAGE);
    }

    private long address(int position) {
        int at = first + position;
        return pages[at / PAGE] + at % PAGE;
    }

    private void check(int position, int length) {
        if (position < 0 || length < 0 || position > bytes - length) {
            throw new IndexOutOfBoundsException("%d bytes at %d of %d".formatted(length, position, bytes));
        }
    }

    /** Copies into guest memory. */
    void put(int position, byte[] from, int offset, int length) {
        check(position, length);
        for (int done = 0; done < length; ) {
            int piece = piece(position + done, length - done);
            memory.write(address(position + done), from, offset + done, piece);
            done += piece;
        }
    }

    /** Copies out of guest memory: what the guest changes meanwhile is seen or not. */
    void get(int position, byte[] to, int offset, int length) {
        check(position, length);
        for (int done = 0; done < length; ) {
            int piece = piece(position + done, length - done);
            memory.read(address(position + done), to, offset + done, piece);
            done += piece;
        }
    }

    /** Zeroes guest memory. */
    void clear(int position, int length) {
        byte[] zeroes = new byte[Math.min(length, PAGE)];
        for (int done = 0; done < length; done += zeroes.length) {
            put(position + done, zeroes, 0, Math.min(zeroes.length, length - done));
        }
    }

    /**
     * The first {@code length} bytes as the kernel can reach them; null if it cannot in this process. It is valid until
     * the next call.
     */
    Vector vector(int length) {
        check(0, length);
        vector.clear();
        for (int done = 0; done < length; ) {
            int piece = piece(done, length - done);
            if (!vector.add(ram, address(done), piece)) {
                return null;
            }
            done += piece;
        }
        return vector;
    }
}
