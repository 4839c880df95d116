package hv.storvsc;

import hv.storvsc.Request.Work;
import java.nio.ByteBuffer;

/**
 * The commands of a disk (SPC-4, SBC-3) as far as they can be answered at once; for what has to move data or may wait,
 * it says in the request what is to be done. Everything in a command is the guest's word: a range is compared with the
 * size of the disk in 64 bits, and a length with the pages that the guest has named. No state.
 */
final class Commands {
    static final int TEST_UNIT_READY = 0x00;
    static final int REQUEST_SENSE = 0x03;
    static final int INQUIRY = 0x12;
    static final int REPORT_LUNS = 0xA0;

    private static final int READ_6 = 0x08;
    private static final int WRITE_6 = 0x0A;
    private static final int MODE_SENSE_6 = 0x1A;
    private static final int START_STOP = 0x1B;
    private static final int ALLOW_REMOVAL = 0x1E;
    private static final int READ_CAPACITY_10 = 0x25;
    private static final int READ_10 = 0x28;
    private static final int WRITE_10 = 0x2A;
    private static final int VERIFY_10 = 0x2F;
    private static final int SYNCHRONIZE_10 = 0x35;
    private static final int WRITE_SAME_10 = 0x41;
    private static final int UNMAP = 0x42;
    private static final int MODE_SENSE_10 = 0x5A;
    private static final int READ_16 = 0x88;
    private static final int WRITE_16 = 0x8A;
    private static final int VERIFY_16 = 0x8F;
    private static final int SYNCHRONIZE_16 = 0x91;
    private static final int WRITE_SAME_16 = 0x93;
    private static final int SERVICE_IN_16 = 0x9E;
    private static final int MAINTENANCE_IN = 0xA3;
    private static final int READ_12 = 0xA8;
    private static final int WRITE_12 = 0xAA;

    private static final int READ_CAPACITY_16 = 0x10;
    private static final int SUPPORTED_COMMANDS = 0x0C;
    private static final int FORCE_UNIT_ACCESS = 8;
    private static final int GIVE_BACK = 8;
    private static final int ANCHOR = 0x10;
    private static final int BLOCK = Lun.BLOCK_BYTES;

    private Commands() {}

    /** How long a command is that is known here; 0 if it is not. */
    private static int length(int command) {
        return switch (command) {
            case TEST_UNIT_READY, REQUEST_SENSE, INQUIRY, READ_6, WRITE_6, MODE_SENSE_6, START_STOP, ALLOW_REMOVAL -> 6;
            case READ_CAPACITY_10, READ_10, WRITE_10, VERIFY_10, SYNCHRONIZE_10, WRITE_SAME_10, UNMAP, MODE_SENSE_10 ->
                10;
            case REPORT_LUNS, MAINTENANCE_IN, READ_12, WRITE_12 -> 12;
            case READ_16, WRITE_16, VERIFY_16, SYNCHRONIZE_16, WRITE_SAME_16, SERVICE_IN_16 -> 16;
            default -> 0;
        };
    }

    /** Does a command, or leaves {@link Request#work} to be done. */
    static void begin(Request request, Lun lun) {
        switch (request.command()) {
            case TEST_UNIT_READY, START_STOP, ALLOW_REMOVAL -> request.succeed(0);
            case REQUEST_SENSE -> {
                byte[] data = new byte[Sense.BYTES];
                Sense.put(Sense.NONE, data, 0);
                request.answer(data, data.length, request.number(4, 1));
            }
            case INQUIRY -> Inquiry.answer(request, lun);
            case MODE_SENSE_6, MODE_SENSE_10 -> modeSense(request, lun);
            case READ_CAPACITY_10 -> {
                ByteBuffer data = ByteBuffer.allocate(8);
                long last = lun.blocks() - 1;
                data.putInt((int) Math.min(last, 0xFFFF_FFFFL)).putInt(BLOCK);
                request.answer(data.array(), data.capacity(), data.capacity());
            }
            case SERVICE_IN_16 -> serviceIn(request, lun);
            case MAINTENANCE_IN -> supported(request);
            case READ_6 -> move(request, lun, Work.READ, request.number(1, 3) & 0x1F_FFFF, of6(request), 0);
            case WRITE_6 -> move(request, lun, Work.WRITE, request.number(1, 3) & 0x1F_FFFF, of6(request), 0);
            case READ_10 -> move(request, lun, Work.READ, request.number(2, 4), request.number(7, 2), 1);
            case WRITE_10 -> move(request, lun, Work.WRITE, request.number(2, 4), request.number(7, 2), 1);
            case READ_12 -> move(request, lun, Work.READ, request.number(2, 4), request.number(6, 4), 1);
            case WRITE_12 -> move(request, lun, Work.WRITE, request.number(2, 4), request.number(6, 4), 1);
            case READ_16 -> move(request, lun, Work.READ, request.number(2, 8), request.number(10, 4), 1);
            case WRITE_16 -> move(request, lun, Work.WRITE, request.number(2, 8), request.number(10, 4), 1);
            case VERIFY_10 -> verify(request, lun, request.number(2, 4), request.number(7, 2));
            case VERIFY_16 -> verify(request, lun, request.number(2, 8), request.number(10, 4));
            case SYNCHRONIZE_10 -> flush(request, lun, request.number(2, 4), request.number(7, 2));
            case SYNCHRONIZE_16 -> flush(request, lun, request.number(2, 8), request.number(10, 4));
            case WRITE_SAME_10 -> same(request, lun, request.number(2, 4), request.number(7, 2), false);
            case WRITE_SAME_16 -> same(request, lun, request.number(2, 8), request.number(10, 4), true);
            case UNMAP -> unmap(request, lun);
            default -> request.fail(Sense.UNKNOWN_COMMAND);
        }
    }

    private static long of6(Request request) {
        long count = request.number(4, 1);
        return count == 0 ? 256 : count;
    }

    private static boolean isInside(Lun lun, long block, long count) {
        return block >= 0 && block <= lun.blocks() - count;
    }

    /** @param flagsAt where the flags of the command are; 0 if it has none */
    private static void move(Request request, Lun lun, Work work, long block, long count, int flagsAt) {
        int flags = flagsAt == 0 ? 0 : request.cdb[flagsAt] & 0xFF;
        if (!isInside(lun, block, count)) {
            request.fail(Sense.OUT_OF_RANGE);
        } else if (flags >>> 5 != 0 || count * BLOCK > request.room()) {
            // Protection information, or more than the guest has named pages for.
            request.fail(Sense.BAD_FIELD);
        } else if (work == Work.WRITE && lun.isReadOnly()) {
            request.fail(Sense.WRITE_PROTECTED);
        } else if (count == 0) {
            request.succeed(0);
        } else {
            later(request, work, block, count, (flags & FORCE_UNIT_ACCESS) != 0);
        }
    }

    private static void later(Request request, Work work, long block, long count, boolean flag) {
        request.work = work;
        request.at = block * BLOCK;
        request.length = count * BLOCK;
        request.flag = flag;
    }

    private static void verify(Request request, Lun lun, long block, long count) {
        if (!isInside(lun, block, count)) {
            request.fail(Sense.OUT_OF_RANGE);
        } else if ((request.cdb[1] & 6) != 0) {
            // Compare with data of the guest.
            request.fail(Sense.BAD_FIELD);
        } else {
            request.succeed(0);
        }
    }

    private static void flush(Request request, Lun lun, long block, long count) {
        if (!isInside(lun, block, count)) {
            request.fail(Sense.OUT_OF_RANGE);
        } else if (lun.isReadOnly()) {
            request.succeed(0);
        } else {
            later(request, Work.FLUSH, 0, 0, false);
        }
    }

    private static void same(Request request, Lun lun, long block, long count, boolean isLong) {
        int flags = request.cdb[1] & 0xFF;
        boolean isWithoutData = isLong && (flags & 1) != 0;
        boolean isKnown = (flags & ~(GIVE_BACK | (isLong ? 1 : 0))) == 0 && (flags & ANCHOR) == 0;
        if (!isInside(lun, block, count)) {
            request.fail(Sense.OUT_OF_RANGE);
        } else if (!isKnown || count == 0 || count > Inquiry.MOST_SAME_BLOCKS) {
            request.fail(Sense.BAD_FIELD);
        } else if (!isWithoutData && request.room() < BLOCK) {
            request.fail(Sense.BAD_FIELD);
        } else if (lun.isReadOnly()) {
            request.fail(Sense.WRITE_PROTECTED);
        } else {
            later(request, Work.WRITE_SAME, block, count, (flags & GIVE_BACK) != 0);
            if (isWithoutData) {
                request.buffer.clear();
            }
        }
    }

    private static void unmap(Request request, Lun lun) {
        long length = request.number(7, 2);
        if (!lun.canDiscard()) {
            request.fail(Sense.UNKNOWN_COMMAND);
        } else if ((request.cdb[1] & 1) != 0 || length > request.room()) {
            request.fail(Sense.BAD_FIELD);
        } else if (length == 0) {
            request.succeed(0);
        } else if (length < Unmapping.HEAD_BYTES) {
            request.fail(Sense.PARAMETER_LENGTH);
        } else {
            request.work = Work.UNMAP;
            request.length = length;
        }
    }

    /** The pages for caching and control, and in the head whether it is protected, and that writes can be durable. */
    private static void modeSense(Request request, Lun lun) {
        boolean isLong = request.command() == MODE_SENSE_10;
        int page = request.cdb[2] & 0x3F;
        boolean isChangeable = (request.cdb[2] & 0xC0) == 0x40;
        if (page != 0x3F && page != 8 && page != 0x0A) {
            request.fail(Sense.BAD_FIELD);
            return;
        }
        ByteBuffer data = ByteBuffer.allocate(64);
        data.position(isLong ? 8 : 4);
        if (page == 8 || page == 0x3F) {
            // Write cache enabled; nothing can be changed.
            data.put((byte) 8)
                    .put((byte) 0x12)
                    .put((byte) (isChangeable ? 0 : 4))
                    .put(new byte[17]);
        }
        if (page == 0x0A || page == 0x3F) {
            // Unrestricted reordering.
            data.put((byte) 0x0A).put((byte) 0x0A).put((byte) 0).put((byte) (isChangeable ? 0 : 0x10));
            data.put(new byte[8]);
        }
        int length = data.position();
        byte parameter = (byte) (0x10 | (lun.isReadOnly() ? 0x80 : 0));
        if (isLong) {
            data.putShort(0, (short) (length - 2)).put(3, parameter);
        } else {
            data.put(0, (byte) (length - 1)).put(2, parameter);
        }
        request.answer(data.array(), length, isLong ? request.number(7, 2) : request.number(4, 1));
    }

    private static void serviceIn(Request request, Lun lun) {
        if ((request.cdb[1] & 0x1F) != READ_CAPACITY_16) {
            request.fail(Sense.BAD_FIELD);
            return;
        }
        ByteBuffer data = ByteBuffer.allocate(32);
        data.putLong(lun.blocks() - 1).putInt(BLOCK);
        // A physical block is 8 of these; what is given back takes no room, and reads as zero.
        data.put(13, (byte) 3).put(14, (byte) (lun.canDiscard() ? 0xC0 : 0));
        request.answer(data.array(), data.capacity(), request.number(10, 4));
    }

    /** Which commands there are: asked for one by one. */
    private static void supported(Request request) {
        int option = request.cdb[2] & 7;
        if ((request.cdb[1] & 0x1F) != SUPPORTED_COMMANDS || option == 0) {
            request.fail(Sense.BAD_FIELD);
            return;
        }
        int asked = request.cdb[3] & 0xFF;
        int action = (int) request.number(4, 2);
        int length = length(asked);
        boolean isThere = length > 0
                && switch (asked) {
                    case SERVICE_IN_16 -> action == READ_CAPACITY_16;
                    case MAINTENANCE_IN -> action == SUPPORTED_COMMANDS;
                    default -> true;
                };
        ByteBuffer data = ByteBuffer.allocate(4 + Request.CDB_BYTES);
        data.put(1, (byte) (isThere ? 3 : 1));
        if (isThere) {
            data.putShort(2, (short) length).put(4, (byte) asked);
            for (int i = 1; i < length - 1; i++) {
                data.put(4 + i, (byte) 0xFF);
            }
        }
        request.answer(data.array(), isThere ? 4 + length : 4, request.number(6, 4));
    }
}
