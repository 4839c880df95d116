package hv.machine.boot;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.zip.GZIPOutputStream;

/** Linux kernels made by hand: as small as their formats allow. */
public final class LinuxFiles {
    /** Where the code of {@link #vmlinux} goes, and is entered. */
    static final int ADDRESS = 0x20_0000;

    static final int CODE_OFFSET = 0x1000;
    static final int SETUP_BYTES = 1024;
    static final int ENTRY_64 = 0x200;

    private static final int BLOCK_BYTES = 8 << 20;

    private LinuxFiles() {}

    /** An ELF64 executable with one segment: {@code code}, then zeros up to {@code memoryBytes}. */
    public static byte[] vmlinux(byte[] code, int memoryBytes) {
        ByteBuffer b = ByteBuffer.allocate(CODE_OFFSET + code.length).order(ByteOrder.LITTLE_ENDIAN);
        b.put(new byte[] {0x7F, 'E', 'L', 'F', 2, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0});
        b.putShort((short) 2).putShort((short) 62).putInt(1); // ET_EXEC, EM_X86_64
        b.putLong(ADDRESS).putLong(64).putLong(0).putInt(0); // entry, phoff, shoff, flags
        b.putShort((short) 64).putShort((short) 56).putShort((short) 2); // ehsize, phentsize, phnum
        b.putShort((short) 64).putShort((short) 0).putShort((short) 0);
        b.putInt(1).putInt(7).putLong(CODE_OFFSET); // PT_LOAD, RWX, offset
        b.putLong(0xFFFF_FFFF_8000_0000L + ADDRESS).putLong(ADDRESS);
        b.putLong(code.length).putLong(Math.max(code.length, memoryBytes)).putLong(0x1000);
        b.putInt(4).putInt(4).putLong(0); // PT_NOTE, to be passed over
        b.position(CODE_OFFSET).put(code);
        return b.array();
    }

    /** A bzImage whose protected-mode part is {@code entry64} at 0x200 and {@code payload} behind it. */
    public static byte[] bzImage(byte[] entry64, byte[] payload) {
        int payloadOffset = ENTRY_64 + entry64.length;
        int size = (payloadOffset + payload.length + 15) / 16 * 16;
        ByteBuffer b = ByteBuffer.allocate(SETUP_BYTES + size).order(ByteOrder.LITTLE_ENDIAN);
        b.put(0x1F1, (byte) 1).putInt(0x1F4, size / 16).putShort(0x1FE, (short) 0xAA55);
        b.put(0x200, (byte) 0xEB).put(0x201, (byte) 0x6A).putInt(0x202, 0x5372_6448);
        b.putShort(0x206, (short) 0x20F).put(0x211, (byte) 1).putInt(0x22C, 0x7FFF_FFFF);
        b.putInt(0x230, 0x20_0000)
                .put(0x234, (byte) 1)
                .putShort(0x236, (short) 1)
                .putInt(0x238, 2047);
        b.putInt(0x248, payloadOffset).putInt(0x24C, payload.length);
        b.putLong(0x258, ADDRESS).putInt(0x260, 0x10_0000);
        b.position(SETUP_BYTES + ENTRY_64).put(entry64).put(payload);
        return b.array();
    }

    public static byte[] gzip(byte[] data) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(data);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    /** A kernel whose code lies in the second of the three blocks that LZ4 makes of it. */
    static byte[] vmlinuxOfThreeBlocks(byte[] code, int memoryBytes) {
        byte[] file = Arrays.copyOf(vmlinux(code, memoryBytes), 2 * BLOCK_BYTES + 100);
        ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).putLong(64 + 8, BLOCK_BYTES + 5);
        System.arraycopy(code, 0, file, BLOCK_BYTES + 5, code.length);
        Arrays.fill(file, CODE_OFFSET, CODE_OFFSET + code.length, (byte) 0);
        return file;
    }

    /**
     * A legacy frame of blocks with 8 MiB of literals each, the last one with less, and the size of the whole behind
     * it.
     */
    public static byte[] lz4(byte[] data) {
        int blockBytes = BLOCK_BYTES;
        ByteBuffer b = ByteBuffer.allocate(2 * data.length + 64 * (data.length / blockBytes + 2))
                .order(ByteOrder.LITTLE_ENDIAN);
        b.putInt(0x184C_2102);
        for (int from = 0; from < data.length; from += blockBytes) {
            int length = Math.min(blockBytes, data.length - from);
            int sizeAt = b.position();
            b.putInt(0);
            b.put((byte) (Math.min(length, 15) << 4));
            for (int rest = length - 15; rest >= 0; rest -= 255) {
                b.put((byte) Math.min(rest, 255));
            }
            b.put(data, from, length);
            b.putInt(sizeAt, b.position() - sizeAt - 4);
        }
        b.putInt(data.length);
        return Arrays.copyOf(b.array(), b.position());
    }
}
