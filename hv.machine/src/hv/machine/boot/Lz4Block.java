package hv.machine.boot;

/**
 * One compressed block of LZ4 (LZ4 Block Format Description): sequences of [token][literals' length][literals][offset]
 * [match's length]. The token's high half is the number of literals, its low half that of the match's bytes less 4; 15
 * means that more bytes follow and are added, up to one that is not 255. The block ends behind literals.
 *
 * <p>Ours and not a library's, because a kernel's first kilobytes are wanted without the rest of their 8 MiB, because
 * libraries that are as fast write past the JVM's bounds checks, and because it is this short. For one use, on one
 * thread.
 */
final class Lz4Block {
    private static final int LEAST_MATCH_BYTES = 4;
    private static final int MORE = 15;
    /** From here on copying at once is faster than byte by byte. */
    private static final int LONG_BYTES = 16;

    private static final int DAMAGED = -1;

    private final byte[] in;
    private final int end;
    private int at;

    /** The block is {@code in[from]} to {@code in[end - 1]}. */
    Lz4Block(byte[] in, int from, int end) {
        this.in = in;
        this.at = from;
        this.end = end;
    }

    /** Unpacks all of it. Returns how many bytes that are; -1 if it is damaged, or does not fit {@code out}. */
    int unpack(byte[] out) {
        return unpack(out, false);
    }

    /** Unpacks what {@code out} has room for, or all if that is less. Returns the number of bytes; -1 if damaged. */
    int unpackPart(byte[] out) {
        return unpack(out, true);
    }

    private int unpack(byte[] out, boolean part) {
        int filled = 0;
        while (at < end) {
            int token = in[at++] & 0xFF;
            int literals = length(token >>> 4);
            if (literals < 0 || literals > end - at) {
                return DAMAGED;
            }
            if (literals > out.length - filled) {
                if (!part) {
                    return DAMAGED;
                }
                System.arraycopy(in, at, out, filled, out.length - filled);
                return out.length;
            }
            copyLiterals(out, filled, literals);
            filled += literals;
            if (at == end) {
                return filled;
            }
            if (end - at < 2) {
                return DAMAGED;
            }
            int distance = in[at] & 0xFF | (in[at + 1] & 0xFF) << 8;
            at += 2;
            int match = length(token & MORE) + LEAST_MATCH_BYTES;
            if (match < LEAST_MATCH_BYTES || distance == 0 || distance > filled) {
                return DAMAGED;
            }
            if (match > out.length - filled) {
                if (!part) {
                    return DAMAGED;
                }
                copyMatch(out, filled, distance, out.length - filled);
                return out.length;
            }
            copyMatch(out, filled, distance, match);
            filled += match;
        }
        return DAMAGED;
    }

    /** A length whose first four bits are given; negative if the block ends in it, or it is absurd. */
    private int length(int first) {
        if (first < MORE) {
            return first;
        }
        int length = MORE;
        while (at < end) {
            int more = in[at++] & 0xFF;
            length += more;
            if (more != 0xFF) {
                return length;
            }
            if (length > Integer.MAX_VALUE / 2) {
                break;
            }
        }
        return Integer.MIN_VALUE;
    }

    private void copyLiterals(byte[] out, int to, int bytes) {
        if (bytes < LONG_BYTES) {
            for (int i = 0; i < bytes; i++) {
                out[to + i] = in[at + i];
            }
        } else {
            System.arraycopy(in, at, out, to, bytes);
        }
        at += bytes;
    }

    /** A match may reach into itself, and then repeats. */
    private static void copyMatch(byte[] out, int to, int distance, int bytes) {
        int from = to - distance;
        if (bytes < LONG_BYTES || distance < bytes) {
            for (int i = 0; i < bytes; i++) {
                out[to + i] = out[from + i];
            }
        } else {
            System.arraycopy(out, from, out, to, bytes);
        }
    }
}
