package hv.fuzz.disk;

import hv.fuzz.target.Choices;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** A SCSI request that a guest makes up: mostly one that could be, with something in it that could not. One thread. */
final class DiskRequest {
    /** Those that move data, and then the others that there are. */
    private static final int[] COMMANDS = {
        0x28, 0x2A, 0x88, 0x8A, 0x08, 0x0A, 0xA8, 0xAA, 0x41, 0x93, 0x42, 0x35, 0x91, 0x00, 0x03, 0x12, 0x1A, 0x5A,
        0x1B, 0x1E, 0x25, 0x9E, 0x2F, 0x8F, 0xA0, 0xA3, 0xEE
    };

    private static final int PACKET_BYTES = 64;

    final byte[] cdb = new byte[16];
    final int lun;
    final long[] pages;
    final int offset;
    final int range;
    final int transfer;
    final boolean isDirect;
    private final int path;
    private final int target;
    private final int cdbLength;

    /** @param blocks how many the disk has */
    DiskRequest(Choices choices, int blocks) {
        cdb[0] = (byte) (choices.below(8) == 0 ? choices.below(256) : COMMANDS[choices.below(COMMANDS.length)]);
        int count = choices.oneIn(4) ? choices.below(256) : 1 + choices.below(16);
        long block = choices.oneIn(6) ? choices.any() : choices.below(blocks + 2);
        place(block, choices.oneIn(32) ? (int) choices.any() : count);
        if (choices.oneIn(6)) {
            cdb[1] = (byte) choices.below(256);
        }
        if (choices.oneIn(16)) {
            cdb[choices.below(16)] = (byte) choices.below(256);
        }
        lun = choices.oneIn(8) ? choices.below(256) : 0;
        path = choices.oneIn(32) ? choices.below(256) : 0;
        target = choices.oneIn(32) ? choices.below(256) : 0;
        cdbLength = choices.oneIn(32) ? choices.below(256) : 16;
        transfer = choices.oneIn(16) ? (int) choices.any() : choices.oneIn(8) ? choices.below(600) : count * 512;
        isDirect = !choices.oneIn(8);
        range = choices.oneIn(8) ? choices.below(20_000) : Math.max(0, Math.min(transfer, 1 << 16));
        offset = choices.either() ? 0 : choices.below(4096);
        int many = (offset + range + 4095) / 4096;
        pages = new long[choices.oneIn(32) ? choices.below(20) : many];
        int first = choices.below(DiskChannel.DATA_PAGES);
        int step = choices.either() ? 1 : DiskChannel.DATA_PAGES - 1;
        for (int i = 0; i < pages.length; i++) {
            pages[i] = DiskChannel.DATA_PAGE + (first + (long) i * step) % DiskChannel.DATA_PAGES;
        }
        if (pages.length > 0 && choices.oneIn(32)) {
            pages[choices.below(pages.length)] = choices.either() ? choices.any() : DiskChannel.ALL_PAGES;
        }
    }

    /** Block and count where the command has them. */
    private void place(long block, int count) {
        ByteBuffer to = ByteBuffer.wrap(cdb);
        switch (cdb[0] & 0xE0) {
            case 0x00 ->
                to.put(1, (byte) (block >> 16 & 0x1F))
                        .putShort(2, (short) block)
                        .put(4, (byte) count);
            case 0x20, 0x40 -> to.putInt(2, (int) block).putShort(7, (short) count);
            case 0xA0 -> to.putInt(2, (int) block).putInt(6, count);
            default -> to.putLong(2, block).putInt(10, count);
        }
        if ((cdb[0] & 0xFF) == 0x42) {
            to.putInt(2, 0).putShort(7, (short) (8 + 16 * (count % 8)));
        }
    }

    int command() {
        return cdb[0] & 0xFF;
    }

    /** Whether a host can take it for a request of the only target. */
    boolean isForTarget() {
        return path == 0 && target == 0;
    }

    /** Whether the pages that its range needs are there and are RAM. */
    boolean hasPages() {
        int needed = (offset + range + 4095) / 4096;
        for (int i = 0; i < Math.min(needed, pages.length); i++) {
            if (pages[i] < 0 || pages[i] >= DiskChannel.ALL_PAGES) {
                return false;
            }
        }
        return pages.length >= needed;
    }

    boolean hasCommand() {
        return cdbLength >= 1 && cdbLength <= 16 && transfer >= 0 && transfer <= 1 << 20;
    }

    /** How much may be moved. */
    int room() {
        return isDirect ? Math.min(transfer, range) : 0;
    }

    byte[] packet(long transaction) {
        int header = isDirect ? 32 + Long.BYTES * pages.length : 16;
        ByteBuffer packet = ByteBuffer.allocate(header + PACKET_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        packet.putShort((short) (isDirect ? 9 : 6)).putShort((short) (header / 8));
        packet.putShort((short) ((header + PACKET_BYTES) / 8))
                .putShort((short) 1)
                .putLong(transaction);
        if (isDirect) {
            packet.putInt(0).putInt(1).putInt(range).putInt(offset);
            for (long page : pages) {
                packet.putLong(page);
            }
        }
        packet.putInt(header, 3)
                .putInt(header + 4, 1)
                .put(header + 17, (byte) path)
                .put(header + 18, (byte) target);
        packet.put(header + 19, (byte) lun).put(header + 20, (byte) cdbLength).putInt(header + 24, transfer);
        return packet.put(header + 28, cdb).array();
    }
}
