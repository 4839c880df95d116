package hv.machine.acpi;

import java.nio.ByteBuffer;

/**
 * The Multiple APIC Description Table (ACPI 6.5, 5.2.12): the VPs' local APICs, whose ids are the VPs' indexes, and one
 * I/O APIC for global system interrupts from 0 on. An id of 255 or more needs a structure of its own. ISA interrupts
 * have the numbers of the I/O APIC's pins, so nothing is overridden.
 */
final class Madt {
    private static final int LOCAL_APIC = 0;
    private static final int LOCAL_APIC_BYTES = 8;
    private static final int IO_APIC = 1;
    private static final int IO_APIC_BYTES = 12;
    private static final int LOCAL_X2APIC = 9;
    private static final int LOCAL_X2APIC_BYTES = 16;
    /** First id that only an x2APIC structure can hold: 255 is the broadcast id of an xAPIC. */
    private static final int FIRST_X2APIC_ID = 255;

    private static final int LOCAL_APIC_ADDRESS = 0xFEE0_0000;
    private static final int IO_APIC_ADDRESS = 0xFEC0_0000;
    private static final int PCAT_COMPAT = 1;
    private static final int ENABLED = 1;

    private Madt() {}

    static byte[] of(int vps) {
        int low = Math.min(vps, FIRST_X2APIC_ID);
        int bytes = Table.HEADER_BYTES + 8 + low * LOCAL_APIC_BYTES + (vps - low) * LOCAL_X2APIC_BYTES + IO_APIC_BYTES;
        Table table = new Table("APIC", 5, bytes);
        ByteBuffer b = table.content();
        b.putInt(LOCAL_APIC_ADDRESS).putInt(PCAT_COMPAT);
        for (int vp = 0; vp < low; vp++) {
            b.put((byte) LOCAL_APIC).put((byte) LOCAL_APIC_BYTES).put((byte) vp).put((byte) vp);
            b.putInt(ENABLED);
        }
        for (int vp = low; vp < vps; vp++) {
            b.put((byte) LOCAL_X2APIC).put((byte) LOCAL_X2APIC_BYTES).putShort((short) 0);
            b.putInt(vp).putInt(ENABLED).putInt(vp);
        }
        b.put((byte) IO_APIC).put((byte) IO_APIC_BYTES).put((byte) 0).put((byte) 0);
        b.putInt(IO_APIC_ADDRESS).putInt(0);
        return table.finish();
    }
}
