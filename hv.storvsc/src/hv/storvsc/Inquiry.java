package hv.storvsc;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * What a disk says of itself (SPC: INQUIRY, vital product data; SBC: limits, provisioning). The vendor is the one by
 * which Linux knows that a disk of Hyper-V is meant. No state.
 */
final class Inquiry {
    /** A number of blocks that is zeroed or filled at one time: 1 GiB. */
    static final long MOST_SAME_BLOCKS = 0x20_0000;

    /** Blocks of all ranges that one UNMAP gives back. */
    static final long MOST_UNMAP_BLOCKS = 0x100_0000;

    static final int MOST_UNMAP_RANGES = 256;

    private static final String VENDOR = "Msft    ";
    private static final String PRODUCT = "Virtual Disk    ";
    private static final String REVISION = "1.0 ";
    private static final int STANDARD_BYTES = 36;
    private static final int SPC_4 = 6;
    private static final int FORMAT_AND_HIERARCHY = 0x12;
    private static final int QUEUES_COMMANDS = 2;
    private static final int NO_DEVICE = 0x7F;
    private static final int PAGE_HEAD = 4;

    private static final int SUPPORTED = 0x00;
    private static final int SERIAL = 0x80;
    private static final int IDENTIFICATION = 0x83;
    private static final int LIMITS = 0xB0;
    private static final int CHARACTERISTICS = 0xB1;
    private static final int PROVISIONING = 0xB2;

    private Inquiry() {}

    /** The command for a logical unit that is not there: it must not fail, or Linux makes a disk of it. */
    static void absent(Request request) {
        byte[] data = new byte[STANDARD_BYTES];
        data[0] = NO_DEVICE;
        data[PAGE_HEAD] = STANDARD_BYTES - PAGE_HEAD - 1;
        request.answer(data, data.length, request.number(3, 2));
    }

    static void answer(Request request, Lun lun) {
        boolean isPage = (request.cdb[1] & 1) != 0;
        int page = request.cdb[2] & 0xFF;
        byte[] data = isPage ? page(page, lun) : page == 0 ? standard() : null;
        if (data == null) {
            request.fail(Sense.BAD_FIELD);
        } else {
            request.answer(data, data.length, request.number(3, 2));
        }
    }

    private static byte[] standard() {
        ByteBuffer data = ByteBuffer.allocate(STANDARD_BYTES);
        data.put(2, (byte) SPC_4).put(3, (byte) FORMAT_AND_HIERARCHY);
        data.put(PAGE_HEAD, (byte) (STANDARD_BYTES - PAGE_HEAD - 1)).put(7, (byte) QUEUES_COMMANDS);
        return data.position(8).put(ascii(VENDOR + PRODUCT + REVISION)).array();
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static byte[] page(int page, Lun lun) {
        byte[] body = switch (page) {
            case SUPPORTED ->
                new byte[] {
                    SUPPORTED,
                    (byte) SERIAL,
                    (byte) IDENTIFICATION,
                    (byte) LIMITS,
                    (byte) CHARACTERISTICS,
                    (byte) PROVISIONING
                };
            case SERIAL -> ascii(lun.text.identity());
            case IDENTIFICATION -> identification(lun.text.identity());
            case LIMITS -> limits(lun);
            case CHARACTERISTICS -> ByteBuffer.allocate(60).putShort((short) 1).array();
            case PROVISIONING -> provisioning(lun);
            default -> null;
        };
        if (body == null) {
            return null;
        }
        ByteBuffer data = ByteBuffer.allocate(PAGE_HEAD + body.length);
        return data.put(1, (byte) page)
                .putShort(2, (short) body.length)
                .position(PAGE_HEAD)
                .put(body)
                .array();
    }

    /** Two names: 64 bits that the host has assigned (NAA 3), and vendor and serial number as text. */
    private static byte[] identification(String identity) {
        byte[] text = ascii(VENDOR + identity);
        ByteBuffer data = ByteBuffer.allocate(12 + 4 + text.length);
        data.put((byte) 1).put((byte) 3).put((byte) 0).put((byte) Long.BYTES);
        data.putLong(3L << 60 | DiskText.number(identity) >>> 4);
        data.put((byte) 2).put((byte) 1).put((byte) 0).put((byte) text.length).put(text);
        return data.array();
    }

    private static byte[] limits(Lun lun) {
        ByteBuffer data = ByteBuffer.allocate(60);
        // WRITE SAME with a count of zero, which would be the whole disk, is refused.
        data.put(0, (byte) 1);
        data.putInt(4, GuestBuffer.MOST_BYTES / Lun.BLOCK_BYTES);
        if (lun.canDiscard()) {
            data.putInt(16, (int) MOST_UNMAP_BLOCKS)
                    .putInt(20, MOST_UNMAP_RANGES)
                    .putInt(24, 8);
            data.putInt(28, 1 << 31);
        }
        data.putLong(32, MOST_SAME_BLOCKS);
        return data.array();
    }

    /** UNMAP, and WRITE SAME with UNMAP in both lengths; what was given back reads as zero; thin. */
    private static byte[] provisioning(Lun lun) {
        return lun.canDiscard() ? new byte[] {0, (byte) 0xE4, 2, 0} : new byte[4];
    }
}
