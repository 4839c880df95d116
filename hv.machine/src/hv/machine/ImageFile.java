package hv.machine;

import hv.api.GuestMemory;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Reads files that may be larger than the heap, because they are mapped: a kernel with its debug information, or a
 * distribution's initial RAM disk. What is small is copied to the heap, what is large goes to the guest piece by piece.
 */
final class ImageFile {
    /** More than a compressed kernel or a payload has. */
    private static final long MOST_HEAP_BYTES = 48L << 20;

    private static final long MOST_BUFFER_BYTES = 1 << 30;

    private static final int PIECE_BYTES = 64 << 10;

    private ImageFile() {}

    /** The first bytes; fewer than {@code most} if the file is shorter. */
    static byte[] head(MemorySegment file, int most) {
        return file.asSlice(0, Math.min(file.byteSize(), most)).toArray(ValueLayout.JAVA_BYTE);
    }

    /**
     * All of a file of a kind that is small.
     *
     * @throws ImageException if it is not small
     */
    static byte[] whole(MemorySegment file, String name) throws ImageException {
        if (file.byteSize() > MOST_HEAP_BYTES) {
            throw new ImageException(
                    name,
                    "it has %d MiB, and only a Linux kernel may have more than %d: %s"
                            .formatted(file.byteSize() >> 20, MOST_HEAP_BYTES >> 20, MultibootHeader.INSTEAD));
        }
        return file.toArray(ValueLayout.JAVA_BYTE);
    }

    /**
     * A file of a kind that has a gigabyte at most, as a little-endian buffer.
     *
     * @throws ImageException if it has more
     */
    static ByteBuffer buffer(MemorySegment file, String name) throws ImageException {
        if (file.byteSize() > MOST_BUFFER_BYTES) {
            throw new ImageException(
                    name,
                    "it has %d MiB, more than any kernel: ".formatted(file.byteSize() >> 20) + MultibootHeader.INSTEAD);
        }
        return file.asByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
    }

    /** Gives a file to {@code sink}, in the order of its bytes, until no more is wanted; returns how many bytes that were. */
    static long pieces(MemorySegment file, Packed.Sink sink) {
        byte[] piece = new byte[(int) Math.min(PIECE_BYTES, file.byteSize())];
        long at = 0;
        boolean more = true;
        while (more && at < file.byteSize()) {
            int length = (int) Math.min(piece.length, file.byteSize() - at);
            MemorySegment.copy(file, ValueLayout.JAVA_BYTE, at, piece, 0, length);
            more = sink.accept(at, piece, length);
            at += length;
        }
        return at;
    }

    /** Copies a file into guest memory at {@code gpa}, where it fits. */
    static void copy(MemorySegment file, GuestMemory memory, long gpa) {
        pieces(file, (position, bytes, length) -> {
            memory.write(gpa + position, bytes, 0, length);
            return true;
        });
    }
}
