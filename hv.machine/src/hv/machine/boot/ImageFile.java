package hv.machine.boot;

import hv.api.GuestMemory;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Reads files that may be larger than the heap, because they are mapped: a kernel with its debug information, a
 * distribution's initial RAM disk, or any file that was given by mistake. No more of one is on the heap than a piece.
 */
final class ImageFile {
    private static final long MOST_BUFFER_BYTES = 1 << 30;

    private static final int PIECE_BYTES = 64 << 10;

    private ImageFile() {}

    /** The first bytes; fewer than {@code most} if the file is shorter. */
    static byte[] head(MemorySegment file, int most) {
        return file.asSlice(0, Math.min(file.byteSize(), most)).toArray(ValueLayout.JAVA_BYTE);
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

    /** Copies a file, or part of one, into guest memory at {@code gpa}, where it fits. */
    static void copy(MemorySegment file, GuestMemory memory, long gpa) {
        byte[] piece = new byte[(int) Math.min(PIECE_BYTES, file.byteSize())];
        for (long at = 0; at < file.byteSize(); at += piece.length) {
            int length = (int) Math.min(piece.length, file.byteSize() - at);
            MemorySegment.copy(file, ValueLayout.JAVA_BYTE, at, piece, 0, length);
            memory.write(gpa + at, piece, 0, length);
        }
    }
}
