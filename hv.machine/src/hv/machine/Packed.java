package hv.machine;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Optional;

/**
 * A kernel's vmlinux as it lies in a file, in the order of its bytes: as it is, or compressed. Unpacked piece by piece,
 * since the whole may be larger than the heap. Immutable.
 */
interface Packed {
    /** Takes the pieces. */
    interface Sink {
        /**
         * @param position of the piece in the whole; pieces come in order, or in any order and on several threads from
         *     an {@link #unpack} that says so
         * @param bytes its first {@code length} hold the piece until this returns
         * @return whether more is wanted; more may come all the same
         */
        boolean accept(long position, byte[] bytes, int length);
    }

    /**
     * Unpacks until the end, or until no more is wanted.
     *
     * @return how many bytes that were
     * @throws ImageException if it is damaged
     */
    long unpack(Sink sink) throws ImageException;

    /** The first bytes; fewer than {@code most} if there are no more. */
    default byte[] head(int most) throws ImageException {
        byte[] head = new byte[most];
        int[] filled = {0};
        unpack((position, bytes, length) -> {
            int taken = Math.min(length, most - filled[0]);
            System.arraycopy(bytes, 0, head, filled[0], taken);
            filled[0] += taken;
            return filled[0] < most;
        });
        return filled[0] == most ? head : Arrays.copyOf(head, filled[0]);
    }

    /** The payload of a bzImage; empty if there is none, or its compression is none that we know. */
    static Optional<Packed> of(LinuxHeader header, String name) {
        if (GzipPayload.isGzip(header)) {
            return Optional.of(new GzipPayload(header, name));
        }
        if (Lz4Payload.isLz4(header)) {
            return Optional.of(new Lz4Payload(header, name));
        }
        return Optional.empty();
    }

    /** A file that is not compressed. */
    static Packed plain(MemorySegment file) {
        return sink -> ImageFile.pieces(file, sink);
    }
}
