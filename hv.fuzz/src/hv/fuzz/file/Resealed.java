package hv.fuzz.file;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;

/**
 * Puts numbers, checksums and the end mark of a snapshot right again, so that what was changed in it is looked at: they
 * are what finds a damaged file, and no defence against somebody who makes one. The format is in hv.snapshot's
 * FORMAT.md.
 */
final class Resealed {
    private static final int PREFACE_BYTES = 12;
    private static final int FRAME_HEADER_BYTES = 12;
    private static final int END_MARK = 5;
    private static final int END_MARK_BYTES = 16;

    private final ByteBuffer in;
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final CRC32C checksums = new CRC32C();
    private int frames;

    private Resealed(byte[] file) {
        in = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    }

    /**
     * The file up to the first section whose length is wrong, sealed; what is too short for a preface stays as it is.
     */
    static byte[] of(byte[] file) {
        return file.length < PREFACE_BYTES ? file : new Resealed(file).seal();
    }

    private byte[] seal() {
        byte[] preface = taken(PREFACE_BYTES);
        checksums.update(preface);
        out.writeBytes(preface);
        while (in.remaining() > FRAME_HEADER_BYTES) {
            int kind = in.getInt();
            in.getInt();
            int length = in.getInt();
            if (kind == END_MARK || length < 0 || length > in.remaining()) {
                break;
            }
            frame(kind, taken(length));
            in.position(Math.min(in.limit(), in.position() + Integer.BYTES));
        }
        ByteBuffer end = little(END_MARK_BYTES);
        frame(
                END_MARK,
                end.putInt(frames)
                        .putLong(out.size())
                        .putInt((int) checksums.getValue())
                        .array());
        return out.toByteArray();
    }

    private byte[] taken(int bytes) {
        byte[] taken = new byte[bytes];
        in.get(taken);
        return taken;
    }

    private void frame(int kind, byte[] payload) {
        byte[] header = little(FRAME_HEADER_BYTES)
                .putInt(kind)
                .putInt(frames++)
                .putInt(payload.length)
                .array();
        CRC32C checksum = new CRC32C();
        checksum.update(header);
        checksum.update(payload);
        byte[] seal = little(Integer.BYTES).putInt((int) checksum.getValue()).array();
        checksums.update(seal);
        out.writeBytes(header);
        out.writeBytes(payload);
        out.writeBytes(seal);
    }

    private static ByteBuffer little(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }
}
