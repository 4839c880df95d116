package hv.snapshot;

import hv.snapshot.FrameReader.Frame;
import java.io.IOException;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;

/**
 * Runs of pages as frames: address, number of pages, and the pages compressed (raw deflate). No frame holds more than
 * {@link Bounds#RUN_PAGES} pages, so that neither writing nor reading holds more at a time, whatever a frame claims.
 * Used by one thread.
 */
final class MemoryFrames implements AutoCloseable {
    private final byte[] compressed = new byte[Bounds.MEMORY_FRAME_BYTES];

    /** One byte longer than a run, so that what is too long shows. */
    private final byte[] pages = new byte[Bounds.RUN_BYTES + 1];

    private final Deflater deflater = new Deflater(Deflater.BEST_SPEED, true);
    private final Inflater inflater = new Inflater(true);
    private long nextGpa;

    /** A run that was read; its bytes are valid until the next one is. */
    record Run(long gpa, byte[] bytes, int length) {}

    void write(Ram ram, FrameWriter out) throws IOException {
        ram.forEachRun((gpa, bytes, offset, count) -> write(out, gpa, bytes, offset, count));
    }

    private void write(FrameWriter out, long gpa, byte[] bytes, int offset, int count) throws IOException {
        byte[] header = new ByteWriter().u64(gpa).u32(count).toArray();
        System.arraycopy(header, 0, compressed, 0, header.length);
        deflater.reset();
        deflater.setInput(bytes, offset, count * Bounds.PAGE_BYTES);
        deflater.finish();
        int length = deflater.deflate(compressed, header.length, compressed.length - header.length);
        if (!deflater.finished()) {
            throw new IllegalStateException("a run of pages has grown by more than zlib allows");
        }
        out.frame(FrameKind.MEMORY, compressed, header.length + length);
    }

    /** Reads a run and checks that it is where RAM can be, behind the one before, and exactly as long as it says. */
    Run read(Frame frame) throws FormatException {
        ByteReader in = frame.reader();
        long gpa;
        int count;
        try {
            gpa = in.u64();
            count = in.u32("number of pages", 1, Bounds.RUN_PAGES);
        } catch (FormatException e) {
            throw frame.refuse(e.getMessage());
        }
        if (gpa % Bounds.PAGE_BYTES != 0 || gpa < nextGpa || gpa > 2 * Bounds.MEMORY_BYTES) {
            throw frame.refuse("address 0x%x is not a page behind the last section's".formatted(gpa));
        }
        int length = count * Bounds.PAGE_BYTES;
        inflater.reset();
        inflater.setInput(frame.payload(), in.position(), in.remaining());
        try {
            int got = inflater.inflate(pages, 0, length + 1);
            if (got != length || !inflater.finished() || inflater.getRemaining() != 0) {
                throw frame.refuse("it does not hold %d pages".formatted(count));
            }
        } catch (DataFormatException e) {
            throw frame.refuse("it cannot be decompressed");
        }
        nextGpa = gpa + length;
        return new Run(gpa, pages, length);
    }

    @Override
    public void close() {
        deflater.end();
        inflater.end();
    }
}
