package hv.testkit;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.stream.LongStream;

/**
 * The driver of a SCSI controller, as Linux has it (drivers/scsi/storvsc_drv.c, sd.c): it agrees on a version, and then
 * has commands done, many at a time if it likes. Every completion has to be exactly 64 bytes and carry the transaction
 * of a request that waits for one. One thread.
 */
public final class DiskDriver implements GuestDriver {
    /** Bytes of a block. */
    public static final int BLOCK = 512;

    private static final int HEAD = 16;
    private static final int PACKET = 64;
    private static final int CDB_AT = 28;
    private static final int BEGIN_INIT = 7;
    private static final int END_INIT = 8;
    private static final int QUERY_VERSION = 9;
    private static final int QUERY_PROPERTIES = 10;
    private static final int EXECUTE_SRB = 3;
    private static final int ENUMERATE_BUS = 11;

    private final VmbusGuest bus;
    private final VmbusRings rings;
    private final int firstPage;
    private final Map<Long, Long> waiting = new HashMap<>();
    private final Map<Long, Answer> answers = new HashMap<>();
    private long last;
    private int exchanges;
    private int rescans;

    /**
     * What has become of a command.
     *
     * @param srb SRB status; 1 is success, 0x84 an error with sense
     * @param scsi SCSI status; 2 is a check condition
     * @param moved bytes
     * @param sense 20 bytes
     */
    public record Answer(int srb, int scsi, int moved, byte[] sense) {
        /** Whether it was done. */
        public boolean isGood() {
            return srb == 1 && scsi == 0;
        }

        /** Key, code and qualifier, as {@code 5/21/00}; {@code good}, or the status without. */
        public String meaning() {
            if (isGood()) {
                return "good";
            }
            return srb == 0x84 ? "%x/%02X/%02X".formatted(sense[2], sense[12], sense[13]) : "srb %x".formatted(srb);
        }
    }

    /**
     * A driver of a channel that has just been opened.
     *
     * @param firstPage the first of the pages for data, as many as commands want
     */
    public DiskDriver(VmbusGuest bus, VmbusRings rings, int firstPage) {
        this.bus = bus;
        this.rings = rings;
        this.firstPage = firstPage;
    }

    /** Agrees on version 6.2; gives how many bytes one command may move. */
    public int initialize() {
        control(BEGIN_INIT, 0);
        control(QUERY_VERSION, 0x602);
        int most = control(QUERY_PROPERTIES, 0).getInt(HEAD + 24);
        control(END_INIT, 0);
        return most;
    }

    /** Whether the version is taken. */
    public boolean version(int wanted) {
        return control(QUERY_VERSION, wanted).getInt(HEAD + 8) == 0;
    }

    private ByteBuffer control(int operation, int value) {
        byte[] payload = packet(operation);
        payload[12] = (byte) value;
        payload[13] = (byte) (value >>> 8);
        rings.send(0xFFFF_FFFF_FFFF_FFFDL, true, payload);
        ByteBuffer answer = bus.receive(rings);
        check(answer, 0xFFFF_FFFF_FFFF_FFFDL);
        return answer;
    }

    private static byte[] packet(int operation) {
        byte[] payload = new byte[PACKET];
        payload[0] = (byte) operation;
        payload[4] = 1;
        return payload;
    }

    private static void check(ByteBuffer answer, long transaction) {
        boolean isCompletion = answer.getShort(0) == 0xB && answer.capacity() == HEAD + PACKET;
        if (!isCompletion || answer.getLong(8) != transaction || answer.getInt(HEAD) != 1) {
            throw new AssertionError("no completion of %x: %s"
                    .formatted(transaction, HexFormat.of().formatHex(answer.array())));
        }
    }

    /** Puts bytes into its pages for data. */
    public void fill(byte[] bytes) {
        bus.memory().write(firstPage * 4096L, bytes, 0, bytes.length);
    }

    /** What is in its pages for data. */
    public byte[] data(int length) {
        byte[] bytes = new byte[length];
        bus.memory().read(firstPage * 4096L, bytes, 0, length);
        return bytes;
    }

    /** Has a command done with its pages for data, and waits for it. */
    public Answer command(int lun, boolean isRead, int bytes, byte... cdb) {
        return await(begin(lun, isRead, 0, bytes, cdb));
    }

    /**
     * Begins a command.
     *
     * @param page of its pages for data the one where the data is
     * @return its transaction; -1 if there is no room for it
     */
    public long begin(int lun, boolean isRead, int page, int bytes, byte... cdb) {
        int count = (bytes + 4095) / 4096;
        return begin(
                lun,
                isRead,
                0,
                bytes,
                LongStream.range(firstPage + page, firstPage + page + count).toArray(),
                cdb);
    }

    /** Begins a command whose data begins at an offset in any pages; above 255, {@code lun} is one of another bus. */
    public long begin(int lun, boolean isRead, int offset, int bytes, long[] pages, byte... cdb) {
        byte[] payload = packet(EXECUTE_SRB);
        ByteBuffer srb = ByteBuffer.wrap(payload).order(ByteOrder.LITTLE_ENDIAN);
        srb.putShort(12, (short) 52)
                .put(17, (byte) (lun >> 8))
                .put(19, (byte) lun)
                .put(20, (byte) cdb.length)
                .put(21, (byte) 20);
        srb.put(22, (byte) (bytes == 0 ? 2 : isRead ? 1 : 0)).putInt(24, bytes);
        System.arraycopy(cdb, 0, payload, CDB_AT, Math.min(16, cdb.length));
        long transaction = ++last;
        boolean isSent = bytes == 0
                ? rings.send(transaction, true, payload)
                : rings.sendDirect(transaction, payload, offset, bytes, pages);
        if (!isSent) {
            return -1;
        }
        waiting.put(transaction, System.nanoTime());
        return transaction;
    }

    /** Takes all completions that there are; gives how many commands wait still. */
    public int poll() {
        for (ByteBuffer packet = rings.receive(); packet != null; packet = rings.receive()) {
            if (packet.getShort(0) == 6 && packet.getInt(HEAD) == ENUMERATE_BUS) {
                rescans++;
                continue;
            }
            long transaction = packet.getLong(8);
            check(packet, transaction);
            if (waiting.remove(transaction) == null) {
                throw new AssertionError("a completion of " + transaction + ", which does not wait");
            }
            byte[] sense = new byte[20];
            packet.get(HEAD + CDB_AT, sense);
            answers.put(
                    transaction,
                    new Answer(
                            packet.get(HEAD + 14) & 0xFF,
                            packet.get(HEAD + 15) & 0xFF,
                            packet.getInt(HEAD + 24),
                            sense));
        }
        return waiting.size();
    }

    /** How often it was told to look for disks. */
    public int rescans() {
        poll();
        return rescans;
    }

    /** The answer to a command; null if it waits still. */
    public Answer take(long transaction) {
        poll();
        return answers.remove(transaction);
    }

    /** Waits for the answer to a command. */
    public Answer await(long transaction) {
        Answer[] answer = new Answer[1];
        bus.await("command %d is completed".formatted(transaction), () -> {
            answer[0] = take(transaction);
            return answer[0] != null;
        });
        return answer[0];
    }

    /** READ (16) and WRITE (16). */
    public static byte[] move(boolean isRead, long block, int blocks, boolean isDurable) {
        ByteBuffer cdb = ByteBuffer.allocate(16);
        cdb.put(0, (byte) (isRead ? 0x88 : 0x8A)).put(1, (byte) (isDurable ? 8 : 0));
        return cdb.putLong(2, block).putInt(10, blocks).array();
    }

    /** SYNCHRONIZE CACHE (10) of all. */
    public static byte[] flush() {
        return new byte[] {0x35, 0, 0, 0, 0, 0, 0, 0, 0, 0};
    }

    /** READ CAPACITY (16): the number of blocks. */
    public long blocks(int lun) {
        byte[] cdb = new byte[16];
        cdb[0] = (byte) 0x9E;
        cdb[1] = 0x10;
        cdb[13] = 32;
        Answer answer = command(lun, true, 32, cdb);
        if (!answer.isGood()) {
            throw new AssertionError(answer.meaning());
        }
        return ByteBuffer.wrap(data(32)).getLong() + 1;
    }

    /** First the agreement, a step at a time; then a block is written and read back, another one each time. */
    @Override
    public String exchange() {
        int step = exchanges++;
        return switch (step) {
            case 0 -> hex(control(BEGIN_INIT, 0));
            case 1 -> hex(control(QUERY_VERSION, 0x602));
            case 2 -> hex(control(QUERY_PROPERTIES, 0));
            case 3 -> hex(control(END_INIT, 0));
            default -> {
                byte[] block = new byte[BLOCK];
                Arrays.fill(block, (byte) step);
                fill(block);
                Answer written = command(0, false, BLOCK, move(false, step, 1, false));
                fill(new byte[BLOCK]);
                Answer read = command(0, true, BLOCK, move(true, step, 1, false));
                yield "%s, %s, %s"
                        .formatted(
                                written.meaning(),
                                read.meaning(),
                                Arrays.equals(block, data(BLOCK)) ? "same" : "other");
            }
        };
    }

    private static String hex(ByteBuffer packet) {
        return HexFormat.of().formatHex(packet.array(), HEAD, HEAD + PACKET);
    }
}
