package hv.machine.acpi;

import hv.api.GuestMemory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/**
 * The table OEM0 by which Hyper-V gives a guest something random to start with: {@value #PAYLOAD_BYTES} bytes behind
 * the common header, whose OEM table id is MICROSFT. Linux has read it since 6.10
 * (drivers/hv/hv_common.c): it mixes the bytes into its random numbers, then writes zeros over them and leaves a table
 * that is a header alone, so that nobody reads them again.
 *
 * <p>So the table is in RAM at an address of its own, where it can be found again: two guests that go on from one
 * snapshot, in which nobody has read it, must not start with the same bytes. Without state; any thread.
 */
public final class EntropyTable {
    /** Where it is: at the end of what a PC's firmware has below 1 MiB. */
    public static final long GPA = 0xFFF80;

    private static final String SIGNATURE = "OEM0";
    private static final String OEM_TABLE_ID = "MICROSFT";
    private static final int OEM_TABLE_ID_AT = 16;
    private static final int LENGTH_AT = 4;
    private static final int PAYLOAD_BYTES = 64;
    private static final int BYTES = Table.HEADER_BYTES + PAYLOAD_BYTES;

    private EntropyTable() {}

    /** Writes one. */
    static void write(GuestMemory memory, Consumer<byte[]> entropy) {
        byte[] payload = new byte[PAYLOAD_BYTES];
        entropy.accept(payload);
        Table table = new Table(SIGNATURE, 1, BYTES);
        table.content().put(OEM_TABLE_ID_AT, Table.ascii(OEM_TABLE_ID)).put(payload);
        byte[] all = table.finish();
        memory.write(GPA, all, 0, all.length);
    }

    /**
     * Puts other bytes into a table that no guest has read. To be called when RAM was filled from a snapshot, while no
     * VP runs.
     *
     * @param entropy fills what it is given with bytes that nobody can foresee
     * @return false, and nothing has changed, if there is none
     */
    public static boolean renew(GuestMemory memory, Consumer<byte[]> entropy) {
        byte[] found = new byte[BYTES];
        memory.read(GPA, found, 0, BYTES);
        ByteBuffer table = ByteBuffer.wrap(found).order(ByteOrder.LITTLE_ENDIAN);
        boolean isUnread = text(found, 0, SIGNATURE.length()).equals(SIGNATURE)
                && text(found, OEM_TABLE_ID_AT, OEM_TABLE_ID.length()).equals(OEM_TABLE_ID)
                && table.getInt(LENGTH_AT) == BYTES
                && Table.checksum(found, BYTES) == 0;
        if (isUnread) {
            write(memory, entropy);
        }
        return isUnread;
    }

    private static String text(byte[] bytes, int from, int length) {
        return new String(bytes, from, length, StandardCharsets.ISO_8859_1);
    }
}
