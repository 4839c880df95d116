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
                && header.file().get(header.payload()) == 0x1F
                && header.file().get(header.payload() + 1) == (byte) 0x8B;
    }

    @Override
    public long unpack(Sink sink) throws ImageException {
        byte[] piece = new byte[PIECE_BYTES];
        byte[] packed = new byte[header.payloadBytes()];
        header.file().get(header.payload(), packed);
        long position = 0;
        try (InputStream in = new GZIPInputStream(new ByteArrayInputStream(packed), PIECE_BYTES)) {
            boolean more = true;
            for (int n = in.read(piece); more && n >= 0; n = more ? in.read(piece) : -1) {
                more = sink.accept(position, piece, n);
                position += n;
            }
            return position;
        } catch (IOException e) {
            throw new ImageException(name, "its gzip data is damaged (%s): copy it again".formatted(e.getMessage()));
        }
    }
}
