package hv.fuzz.file;

import hv.fuzz.target.Choices;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.zip.GZIPOutputStream;

/** Makes kernels out of inputs: the file itself, or a bzImage around a vmlinux, packed as Linux's own build does. */
final class PackedKernel {
    private static final int SETUP_BYTES = 1024;
    private static final int ENTRY = 0x200;
    private static final int LZ4_LEGACY = 0x184C_2102;
    private static final int LITERALS_IN_TOKEN = 15;

    private PackedKernel() {}

    /** The next choices are the file. */
    static byte[] of(Choices choices) {
        return switch (choices.below(4)) {
            case 1 -> bzImage(gzip(choices.bytes(Integer.MAX_VALUE / 2)));
            case 2 -> bzImage(lz4(choices.bytes(Integer.MAX_VALUE / 2)));
            default -> choices.bytes(Integer.MAX_VALUE / 2);
        };
    }

    /** The payload behind a header that boot.rst, "The Real-Mode Kernel Header", describes. */
    private static byte[] bzImage(byte[] payload) {
        int bytes = (ENTRY + payload.length + 15) / 16 * 16;
        ByteBuffer file = ByteBuffer.allocate(SETUP_BYTES + bytes).order(ByteOrder.LITTLE_ENDIAN);
        file.put(0x1F1, (byte) 1).putInt(0x1F4, bytes / 16).putShort(0x1FE, (short) 0xAA55);
        file.putShort(0x200, (short) 0x6AEB).putInt(0x202, 0x5372_6448).putShort(0x206, (short) 0x20F);
        file.put(0x211, (byte) 1)
                .putInt(0x22C, 0x7FFF_FFFF)
                .putShort(0x236, (short) 1)
                .putInt(0x238, 2047);
        file.putInt(0x248, ENTRY)
                .putInt(0x24C, payload.length)
                .putLong(0x258, 0x20_0000)
                .putInt(0x260, 0x10_0000);
        file.put(SETUP_BYTES + ENTRY, payload);
        return file.array();
    }

    private static byte[] gzip(byte[] data) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(data);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    /** A legacy frame of one block of literals, and the size of the whole behind it. */
    private static byte[] lz4(byte[] data) {
        ByteBuffer out = ByteBuffer.allocate(2 * data.length + 64)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(LZ4_LEGACY);
        int sizeAt = out.position();
        out.putInt(0).put((byte) (Math.min(data.length, LITERALS_IN_TOKEN) << 4));
        for (int rest = data.length - LITERALS_IN_TOKEN; rest >= 0; rest -= 255) {
            out.put((byte) Math.min(rest, 255));
        }
        out.put(data);
        out.putInt(sizeAt, out.position() - sizeAt - Integer.BYTES).putInt(data.length);
        return Arrays.copyOf(out.array(), out.position());
    }
}
