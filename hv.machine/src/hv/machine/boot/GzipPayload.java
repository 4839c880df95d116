package hv.machine.boot;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.zip.GZIPInputStream;

/** A payload that gzip made: the default of kernels that are configured by hand. */
final class GzipPayload implements Packed {
    private static final int PIECE_BYTES = 64 << 10;
    private static final int LEAST_BYTES = 18;

    private final LinuxHeader header;
    private final String name;

    GzipPayload(LinuxHeader header, String name) {
        this.header = header;
        this.name = name;
    }

    /** Whether the payload has gzip's magic number (RFC 1952, 2.3.1). */
    static boolean isGzip(LinuxHeader header) {
        return header.payloadBytes() >= LEAST_BYTES
                && header.file().get(header.payload()) == 0x1F
                && header.file().get(header.payload() + 1) == (byte) 0x8B;
    }

    @Override
    public long unpack(long wanted, Sink sink) throws ImageException {
        byte[] piece = new byte[PIECE_BYTES];
        long position = 0;
        try (InputStream in = open()) {
            while (position < wanted + SLACK_BYTES) {
                int length = in.read(piece);
                if (length < 0) {
                    break;
                }
                sink.accept(position, piece, length);
                position += length;
            }
            return position;
        } catch (IOException e) {
            throw damaged(e);
        }
    }

    @Override
    public byte[] head(int most) throws ImageException {
        try (InputStream in = open()) {
            return in.readNBytes(most);
        } catch (IOException e) {
            throw damaged(e);
        }
    }

    private InputStream open() throws IOException {
        return new GZIPInputStream(new BufferInput(payload()), PIECE_BYTES);
    }

    private ImageException damaged(IOException e) {
        return new ImageException(name, "its gzip data is damaged (%s): copy it again".formatted(e.getMessage()));
    }

    private ByteBuffer payload() {
        return header.file().slice(header.payload(), header.payloadBytes());
    }

    /** Reads what is in a buffer, so that a mapped file need not be copied. */
    private static final class BufferInput extends InputStream {
        private final ByteBuffer buffer;

        BufferInput(ByteBuffer buffer) {
            this.buffer = buffer;
        }

        @Override
        public int read() {
            return buffer.hasRemaining() ? Byte.toUnsignedInt(buffer.get()) : -1;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) {
            if (length > 0 && !buffer.hasRemaining()) {
                return -1;
            }
            int taken = Math.min(length, buffer.remaining());
            buffer.get(bytes, offset, taken);
            return taken;
        }

        @Override
        public int available() {
            return buffer.remaining();
        }
    }
}
