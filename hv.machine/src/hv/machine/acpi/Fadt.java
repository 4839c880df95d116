package hv.machine.acpi;

import java.nio.ByteBuffer;

/**
 * The Fixed ACPI Description Table, revision 6, of a hardware-reduced machine (ACPI 6.5, 5.2.9 and 3.11.1): no power
 * management timer, no SCI, no fixed events; instead a sleep control and a sleep status register, and a register that
 * resets.
 *
 * <pre>
 *    40 DSDT, 109 IAPC_BOOT_ARCH, 112 flags, 116 RESET_REG, 128 RESET_VALUE, 131 minor version, 140 X_DSDT,
 *   244 SLEEP_CONTROL_REG, 256 SLEEP_STATUS_REG; everything else is 0
 * </pre>
 */
final class Fadt {
    /** Writing SLP_TYP 5 with SLP_EN (bit 5) here powers off: 0x34. */
    static final int SLEEP_CONTROL_PORT = 0x600;

    static final int SLEEP_STATUS_PORT = 0x601;

    private static final int BYTES = 276;
    private static final int REVISION = 6;
    private static final int MINOR_REVISION = 5;

    /** Boot architecture: there are devices like a serial port; there is no VGA. No bit 1: there is no 8042. */
    private static final int LEGACY_DEVICES = 1;

    private static final int NO_VGA = 1 << 2;

    private static final int FLAG_WBINVD = 1;
    /** No fixed power button and no fixed sleep button. */
    private static final int FLAG_PWR_BUTTON = 1 << 4;

    private static final int FLAG_SLP_BUTTON = 1 << 5;
    private static final int FLAG_RESET_REG_SUP = 1 << 10;
    private static final int FLAG_HW_REDUCED_ACPI = 1 << 20;

    /** The keyboard controller's command port and its command that pulses the reset line. */
    private static final int RESET_PORT = 0x64;

    private static final byte RESET_VALUE = (byte) 0xFE;

    private static final byte SYSTEM_IO = 1;
    private static final byte BYTE_ACCESS = 1;

    private Fadt() {}

    static byte[] of(long dsdtGpa) {
        Table table = new Table("FACP", REVISION, BYTES);
        ByteBuffer b = table.content();
        b.putInt(40, (int) dsdtGpa);
        b.putShort(109, (short) (LEGACY_DEVICES | NO_VGA));
        b.putInt(112, FLAG_WBINVD | FLAG_PWR_BUTTON | FLAG_SLP_BUTTON | FLAG_RESET_REG_SUP | FLAG_HW_REDUCED_ACPI);
        port(b, 116, RESET_PORT);
        b.put(128, RESET_VALUE);
        b.put(131, (byte) MINOR_REVISION);
        b.putLong(140, dsdtGpa);
        port(b, 244, SLEEP_CONTROL_PORT);
        port(b, 256, SLEEP_STATUS_PORT);
        return table.finish();
    }

    /** A Generic Address Structure for an 8-bit register in I/O space (5.2.3.2). */
    private static void port(ByteBuffer b, int at, int port) {
        b.put(at, SYSTEM_IO);
        b.put(at + 1, (byte) 8);
        b.put(at + 3, BYTE_ACCESS);
        b.putLong(at + 4, port);
    }
}
