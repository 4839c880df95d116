package hv.netvsc;

import hv.api.GuestMemory;
import hv.api.vmbus.PageList;
import hv.api.vmbus.RingPacket;
import hv.netvsc.abi.Tap;
import java.nio.ByteBuffer;
import java.util.Objects;

/**
 * Bytes that lie in pieces in a guest's RAM, in their order: what a packet of the guest's carries, or where a frame for
 * it goes. Every page has been checked to be RAM when its piece was added, and no access leaves them. Used again and
 * again. One thread.
 */
final class Pieces {
    /** More than a packet of the longest kind can name, and a section can have. */
    private static final int MOST = 1200;

    /** More than any frame with all that is around it, and less than makes trouble. */
    static final int MOST_BYTES = 128 << 10;

    private static final int PAGE = GuestMemory.PAGE_BYTES;
    private static final int PAGE_SHIFT = 12;
    private static final int RANGES_AT = 24;
    private static final int COUNT_AT = 20;
    private static final int RANGE_BYTES = 8;

    private final GuestRam ram;
    private final long[] gpas = new long[MOST];
    private final int[] lengths = new int[MOST];
    private int count;
    private int bytes;

    Pieces(GuestRam ram) {
        this.ram = ram;
    }

    void clear() {
        count = 0;
        bytes = 0;
    }

    /** How many bytes there are in all. */
    int bytes() {
        return bytes;
    }

    private boolean add(long gpa, int length) {
        if (length == 0) {
            return true;
        }
        if (bytes + length > MOST_BYTES || !ram.isRam(gpa, length)) {
            return false;
        }
        bytes += length;
        if (count > 0 && gpas[count - 1] + lengths[count - 1] == gpa) {
            lengths[count - 1] += length;
            return true;
        }
        if (count == MOST) {
            bytes -= length;
            return false;
        }
        gpas[count] = gpa;
        lengths[count] = length;
        count++;
        return true;
    }

    /** Adds a part of a buffer; false if there is no such part. */
    boolean add(PageList buffer, long at, int length) {
        if (at < 0 || length < 0 || length > MOST_BYTES || at > buffer.bytes() - length) {
            return false;
        }
        int done = 0;
        while (done < length) {
            long gpa = buffer.gpa(at + done);
            int piece = Math.min(length - done, PAGE - (int) (gpa & PAGE - 1));
            if (!add(gpa, piece)) {
                return false;
            }
            done += piece;
        }
        return true;
    }

    /** Adds what a packet of type {@link RingPacket#GPA_DIRECT} names; false if that is not what it can be. */
    boolean add(RingPacket packet) {
        int end = packet.headerBytes();
        if (end < RANGES_AT) {
            return false;
        }
        int ranges = packet.headerIntAt(COUNT_AT);
        int at = RANGES_AT;
        for (int i = 0; i < ranges; i++) {
            if (end - at < RANGE_BYTES) {
                return false;
            }
            int length = packet.headerIntAt(at);
            int offset = packet.headerIntAt(at + Integer.BYTES);
            at += RANGE_BYTES;
            if (length <= 0 || length > MOST_BYTES || offset < 0 || offset >= PAGE) {
                return false;
            }
            int pages = (int) PageList.pagesOf(offset, length);
            if (end - at < pages * Long.BYTES || !add(packet, at, offset, length)) {
                return false;
            }
            at += pages * Long.BYTES;
        }
        return ranges > 0;
    }

    private boolean add(RingPacket packet, int firstPageAt, int offset, int length) {
        int at = firstPageAt;
        int inPage = offset;
        int left = length;
        while (left > 0) {
            long page = packet.headerLongAt(at);
            int piece = Math.min(left, PAGE - inPage);
            // A page number above 2^52 has no address.
            if (page >>> Long.SIZE - PAGE_SHIFT != 0 || !add((page << PAGE_SHIFT) + inPage, piece)) {
                return false;
            }
            left -= piece;
            inPage = 0;
            at += Long.BYTES;
        }
        return true;
    }

    /** Copies some of the bytes to an array. */
    void read(int at, byte[] to, int offset, int length) {
        Objects.checkFromIndexSize(at, length, bytes);
        int skip = at;
        int done = 0;
        for (int i = 0; done < length; i++) {
            if (skip >= lengths[i]) {
                skip -= lengths[i];
                continue;
            }
            int piece = Math.min(length - done, lengths[i] - skip);
            ram.read(gpas[i] + skip, to, offset + done, piece);
            done += piece;
            skip = 0;
        }
    }

    /** Copies some of the bytes to a buffer's position, and moves that. */
    void read(int at, int length, ByteBuffer to) {
        Objects.checkFromIndexSize(at, length, bytes);
        int skip = at;
        int left = length;
        for (int i = 0; left > 0; i++) {
            if (skip >= lengths[i]) {
                skip -= lengths[i];
                continue;
            }
            int piece = Math.min(left, lengths[i] - skip);
            ram.read(gpas[i] + skip, to, piece);
            left -= piece;
            skip = 0;
        }
    }

    /**
     * Has a TAP's call take memory of its own, and then some of these bytes where they are.
     *
     * @return false if the guest's RAM cannot be had so
     */
    boolean addTo(Tap tap, long ownAddress, int ownBytes, int at, int length) {
        Objects.checkFromIndexSize(at, length, bytes);
        boolean isAdded = tap.add(ownAddress, ownBytes);
        int skip = at;
        int left = length;
        for (int i = 0; left > 0 && isAdded; i++) {
            if (skip >= lengths[i]) {
                skip -= lengths[i];
                continue;
            }
            int end = Math.min(lengths[i], skip + left);
            while (skip < end && isAdded) {
                long gpa = gpas[i] + skip;
                int piece = Math.min(end - skip, GuestRam.restOfWindow(gpa));
                long address = ram.address(gpa);
                isAdded = address != 0 && tap.add(address, piece);
                skip += piece;
                left -= piece;
            }
            skip = 0;
        }
        return isAdded;
    }

    /** Copies from {@code position} of a buffer to the first bytes. */
    void write(ByteBuffer from, int position, int length) {
        Objects.checkFromIndexSize(0, length, bytes);
        int done = 0;
        for (int i = 0; done < length; i++) {
            int piece = Math.min(length - done, lengths[i]);
            ram.write(gpas[i], from, position + done, piece);
            done += piece;
        }
    }
}
