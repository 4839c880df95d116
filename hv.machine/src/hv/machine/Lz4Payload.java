package hv.machine;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * A payload in LZ4's legacy frame format, which the kernel's build makes by {@code lz4 -l}: the magic number 0x184C2102,
 * then blocks of [u32 compressed size][data] that give 8 MiB each, the last one less; and, added by the build, the size
 * of the whole (LZ4 Frame Format Description, "Legacy frame"). No block refers to another.
 */
final class Lz4Payload implements Packed {
    private static final int MAGIC = 0x184C_2102;
    private static final int BLOCK_BYTES = 8 << 20;
    /** Magic number, size of one block, size of the whole. */
    private static final int LEAST_BYTES = 12;

    private final LinuxHeader header;
    private final String name;

    Lz4Payload(LinuxHeader header, String name) {
        this.header = header;
        this.name = name;
    }

    static boolean isLz4(LinuxHeader header) {
        return header.payloadBytes() >= LEAST_BYTES && words(header).getInt(header.payload()) == MAGIC;
    }

    private static ByteBuffer words(LinuxHeader header) {
        return ByteBuffer.wrap(header.file()).order(ByteOrder.LITTLE_ENDIAN);
    }

    @Override
    public byte[] head(int most) throws ImageException {
        int at = header.payload() + 4;
        byte[] head = new byte[most];
        int length = new Lz4Block(header.file(), at + 4, blockEnd(at)).unpackPart(head);
        if (length < 0) {
            throw damaged();
        }
        return length == most ? head : java.util.Arrays.copyOf(head, length);
    }

    @Override
    public void unpack(Sink sink) throws ImageException {
        int sizeOfAll = header.payload() + header.payloadBytes() - 4;
        long expected = Integer.toUnsignedLong(words(header).getInt(sizeOfAll));
        byte[] block = new byte[(int) Math.min(expected, BLOCK_BYTES)];
        long all = 0;
        for (int at = header.payload() + 4; at < sizeOfAll; ) {
            int end = blockEnd(at);
            int length = new Lz4Block(header.file(), at + 4, end).unpack(block);
            if (length < 0) {
                throw damaged();
            }
            all += length;
            if (!sink.accept(block, 0, length)) {
                return;
            }
            at = end;
        }
        if (all != expected) {
            throw new ImageException(
                    name,
                    "its kernel has %d bytes when unpacked and not %d as it says: copy it again"
                            .formatted(all, expected));
        }
    }

    /** Where the block whose size is at {@code at} ends in the file. */
    private int blockEnd(int at) throws ImageException {
        int sizeOfAll = header.payload() + header.payloadBytes() - 4;
        long size =
                at + 4 > sizeOfAll ? 0 : Integer.toUnsignedLong(words(header).getInt(at));
        if (size == 0 || at + 4 + size > sizeOfAll) {
            throw damaged();
        }
        return (int) (at + 4 + size);
    }

    private ImageException damaged() {
        return new ImageException(name, "its LZ4 data is damaged: copy it again");
    }
}
