package hv.fuzz.disk;

import hv.fuzz.target.Finding;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * What a disk has to hold: written from SBC alone, for commands that have been answered as done. It knows which blocks
 * a command names, and what is in them afterwards. One thread.
 */
final class DiskModel {
    static final int BLOCK = 512;
    private final byte[] bytes;

    DiskModel(int blocks) {
        bytes = new byte[blocks * BLOCK];
    }

    byte[] bytes() {
        return bytes;
    }

    /** First block and number of blocks; null for a command that names none. */
    private static long[] range(byte... cdb) {
        ByteBuffer from = ByteBuffer.wrap(cdb);
        return switch (cdb[0] & 0xFF) {
            case 0x08, 0x0A -> new long[] {from.getInt(0) & 0x1F_FFFF, cdb[4] == 0 ? 256 : cdb[4] & 0xFF};
            case 0x28, 0x2A, 0x41 -> new long[] {from.getInt(2) & 0xFFFF_FFFFL, from.getShort(7) & 0xFFFF};
            case 0xA8, 0xAA -> new long[] {from.getInt(2) & 0xFFFF_FFFFL, from.getInt(6) & 0xFFFF_FFFFL};
            case 0x88, 0x8A, 0x93 -> new long[] {from.getLong(2), from.getInt(10) & 0xFFFF_FFFFL};
            default -> null;
        };
    }

    /**
     * A command was answered as done.
     *
     * @param before what was in the guest's buffer, as far as it may be moved
     * @param after what is in it
     */
    void done(byte[] cdb, byte[] before, byte[] after) {
        long[] range = range(cdb);
        int command = cdb[0] & 0xFF;
        if (command == 0x42) {
            unmap(Arrays.copyOf(
                    before, Math.min(before.length, ByteBuffer.wrap(cdb).getShort(7) & 0xFFFF)));
        } else if (range != null) {
            if (range[0] < 0 || range[0] > bytes.length / BLOCK - range[1]) {
                throw new Finding("blocks outside of the disk were taken: " + Arrays.toString(range));
            }
            int at = (int) range[0] * BLOCK;
            int length = (int) range[1] * BLOCK;
            switch (command) {
                case 0x08, 0x28, 0xA8, 0x88 -> {
                    if (!Arrays.equals(bytes, at, at + length, after, 0, length)) {
                        throw new Finding("a read of %d bytes at %d gives something else".formatted(length, at));
                    }
                }
                case 0x41, 0x93 -> {
                    boolean isWithoutData = command == 0x93 && (cdb[1] & 1) != 0;
                    for (int i = 0; i < length; i++) {
                        bytes[at + i] = isWithoutData ? 0 : before[i % BLOCK];
                    }
                }
                default -> System.arraycopy(before, 0, bytes, at, length);
            }
        }
    }

    private void unmap(byte... list) {
        if (list.length < 8) {
            return;
        }
        ByteBuffer ranges = ByteBuffer.wrap(list);
        int count = Math.min(ranges.getShort(2) & 0xFFFF, list.length - 8) / 16;
        for (int i = 0; i < count; i++) {
            long block = ranges.getLong(8 + 16 * i);
            long blocks = ranges.getInt(16 + 16 * i) & 0xFFFF_FFFFL;
            if (block < 0 || block > bytes.length / BLOCK - blocks) {
                throw new Finding("blocks outside of the disk were given back");
            }
            Arrays.fill(bytes, (int) block * BLOCK, (int) (block + blocks) * BLOCK, (byte) 0);
        }
    }
}
