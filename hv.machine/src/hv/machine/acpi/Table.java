package hv.machine.acpi;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * A table that begins with ACPI's common header (ACPI 6.5, 5.2.6):
 *
 * <pre>
 *   0 signature, 4 length, 8 revision, 9 checksum: all bytes add up to 0,
 *   10 OEM id, 16 OEM table id, 24 OEM revision, 28 creator id, 32 creator revision
 * </pre>
 */
final class Table {
    static final int HEADER_BYTES = 36;
    /** Six characters. */
    static final String OEM_ID = "HV    ";

    private static final String OEM_TABLE_ID = "HVMACHIN";
    private static final String CREATOR_ID = "HV  ";
    private static final int CHECKSUM = 9;

    private final ByteBuffer bytes;

    /**
     * @param signature four characters
     * @param bytes size of the whole
     */
    Table(String signature, int revision, int bytes) {
        this.bytes = ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
        this.bytes.put(ascii(signature)).putInt(bytes).put((byte) revision).put((byte) 0);
        this.bytes.put(ascii(OEM_ID)).put(ascii(OEM_TABLE_ID)).putInt(1);
        this.bytes.put(ascii(CREATOR_ID)).putInt(1);
    }

    /** Its bytes, to be filled in; positioned behind the header. */
    ByteBuffer content() {
        return bytes;
    }

    /** The table with its checksum. */
    byte[] finish() {
        byte[] all = bytes.array();
        all[CHECKSUM] = 0;
        all[CHECKSUM] = checksum(all, all.length);
        return all;
    }

    /** What has the first {@code count} bytes add up to 0. */
    static byte checksum(byte[] bytes, int count) {
        int sum = 0;
        for (int i = 0; i < count; i++) {
            sum += bytes[i];
        }
        return (byte) -sum;
    }

    static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
