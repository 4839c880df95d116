package hv.netvsc;

import java.nio.ByteBuffer;

/** The sums of the Internet's protocols (RFC 1071) over buffers with the highest byte first. No state. */
final class Checksums {
    private static final long LOW = 0xFFFF_FFFFL;

    private Checksums() {}

    /** The sum of 16-bit words from {@code at} on, not folded; a last single byte counts as the upper half of one. */
    static long sum(ByteBuffer bytes, int at, int length) {
        long sum = 0;
        int i = at;
        int end = at + length;
        while (i + Long.BYTES <= end) {
            long word = bytes.getLong(i);
            sum += (word >>> Integer.SIZE) + (word & LOW);
            i += Long.BYTES;
        }
        while (i + Short.BYTES <= end) {
            sum += bytes.getShort(i) & 0xFFFF;
            i += Short.BYTES;
        }
        return i < end ? sum + ((bytes.get(i) & 0xFF) << 8) : sum;
    }

    /** A sum in 16 bits. */
    static int fold(long sum) {
        long folded = sum;
        while (folded >>> Short.SIZE != 0) {
            folded = (folded & 0xFFFF) + (folded >>> Short.SIZE);
        }
        return (int) folded;
    }

    /** What is written into a packet for a sum. */
    static short complement(long sum) {
        return (short) ~fold(sum);
    }
}
