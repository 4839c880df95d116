package hv.machine;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
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
                && header.file()[header.payload()] == 0x1F
                && header.file()[header.payload() + 1] == (byte) 0x8B;
    }

    @Override
    public void unpack(Sink sink) throws ImageException {
        byte[] piece = new byte[PIECE_BYTES];
        try (InputStream in = new GZIPInputStream(
                new ByteArrayInputStream(header.file(), header.payload(), header.payloadBytes()), PIECE_BYTES)) {
            for (int n = in.read(piece); n >= 0; n = in.read(piece)) {
                if (!sink.accept(piece, 0, n)) {
                    return;
                }
            }
        } catch (IOException e) {
            throw new ImageException(name, "its gzip data is damaged (%s): copy it again".formatted(e.getMessage()));
        }
    }
}
