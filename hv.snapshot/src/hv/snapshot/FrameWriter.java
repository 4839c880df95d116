package hv.snapshot;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;

/**
 * Writes the frames of a file, each with its checksum, and at the end the mark with the checksum over all. Used by one
 * thread.
 */
final class FrameWriter {
    static final byte[] MAGIC = {(byte) 0x89, 'H', 'V', 'S', 'N', 'A', 'P', '\n'};
    static final int FORMAT_VERSION = 1;
    static final int PREFACE_BYTES = 12;
    static final int FRAME_HEADER_BYTES = 12;
    static final int CHECKSUM_BYTES = 4;

    private final OutputStream out;
    private final CRC32C list = new CRC32C();
    private long position;
    private int frames;

    FrameWriter(OutputStream out) {
        this.out = out;
    }

    /** What the file begins with. */
    void preface() throws IOException {
        ByteBuffer preface = little(PREFACE_BYTES).put(MAGIC).putInt(FORMAT_VERSION);
        list.update(preface.array());
        write(preface.array(), PREFACE_BYTES);
    }

    void frame(FrameKind kind, byte... payload) throws IOException {
        frame(kind, payload, payload.length);
    }

    /** A frame whose payload is the first {@code length} bytes. */
    void frame(FrameKind kind, byte[] payload, int length) throws IOException {
        ByteBuffer header =
                little(FRAME_HEADER_BYTES).putInt(kind.code()).putInt(frames).putInt(length);
        CRC32C checksum = new CRC32C();
        checksum.update(header.array());
        checksum.update(payload, 0, length);
        ByteBuffer trailer = little(CHECKSUM_BYTES).putInt((int) checksum.getValue());
        list.update(trailer.array());
        write(header.array(), FRAME_HEADER_BYTES);
        write(payload, length);
        write(trailer.array(), CHECKSUM_BYTES);
        frames++;
    }

    /**
     * The last frame: how many came before it, how many bytes, and the checksum over the preface and their checksums.
     */
    void end() throws IOException {
        frame(
                FrameKind.END,
                little(Bounds.END_BYTES)
                        .putInt(frames)
                        .putLong(position)
                        .putInt((int) list.getValue())
                        .array());
    }

    private void write(byte[] bytes, int length) throws IOException {
        out.write(bytes, 0, length);
        position += length;
    }

    static ByteBuffer little(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }
}
