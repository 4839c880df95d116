package hv.machine.boot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import hv.machine.acpi.AcpiTables;
import hv.machine.acpi.EntropyTable;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The tables as a guest walks them, by ACPI 6.5, chapter 5. */
class AcpiTablesTest {
    private static final int RSDP = 0xE0000;

    private final HeapMemory memory = new HeapMemory(1 << 20);

    private void write(int vps, boolean vmbus) {
        AcpiTables.write(memory, RSDP, EntropyTable.GPA, vps, vmbus, Optional.empty());
    }

    private void writeRandom(int value) {
        AcpiTables.write(
                memory, RSDP, EntropyTable.GPA, 1, true, Optional.of(bytes -> Arrays.fill(bytes, (byte) value)));
    }

    private int octet(long gpa) {
        return memory.getInt(gpa) & 0xFF;
    }

    private String text(long gpa, int length) {
        byte[] text = new byte[length];
        memory.read(gpa, text, 0, length);
        return new String(text, StandardCharsets.ISO_8859_1);
    }

    private void assertSum(long gpa, int bytes) {
        byte[] all = new byte[bytes];
        memory.read(gpa, all, 0, bytes);
        int sum = 0;
        for (byte b : all) {
            sum += b;
        }
        assertEquals(0, sum & 0xFF, "checksum");
    }

    /** Address of a table that the XSDT names; checks header and checksum. */
    private long table(String signature) {
        long xsdt = memory.getLong(RSDP + 24);
        for (int i = 0; i < (memory.getInt(xsdt + 4) - 36) / 8; i++) {
            long table = memory.getLong(xsdt + 36 + 8L * i);
            if (text(table, 4).equals(signature)) {
                assertSum(table, memory.getInt(table + 4));
                return table;
            }
        }
        throw new AssertionError("no " + signature);
    }

    @Test
    @DisplayName("RSDP: signature, both checksums, revision 2, XSDT (5.2.5.3)")
    void rsdp() {
        write(1, false);
        assertEquals("RSD PTR ", text(RSDP, 8));
        assertSum(RSDP, 20);
        assertSum(RSDP, 36);
        assertEquals(2, octet(RSDP + 15));
        assertEquals(36, memory.getInt(RSDP + 20));
        long xsdt = memory.getLong(RSDP + 24);
        assertEquals("XSDT", text(xsdt, 4));
        assertSum(xsdt, memory.getInt(xsdt + 4));
    }

    @Test
    @DisplayName(
            "FADT: revision 6, hardware-reduced, reset by 0xFE to port 0x64, sleep registers 0x600 and 0x601 (5.2.9)")
    void fadt() {
        write(1, false);
        long fadt = table("FACP");
        assertEquals(276, memory.getInt(fadt + 4));
        assertEquals(6, octet(fadt + 8));
        int flags = memory.getInt(fadt + 112);
        assertTrue((flags & 1 << 20) != 0, "HW_REDUCED_ACPI");
        assertTrue((flags & 1 << 10) != 0, "RESET_REG_SUP");
        int boot = memory.getInt(fadt + 109) & 0xFFFF;
        assertEquals(0, boot & 1 << 1, "no 8042");
        assertEquals(1 << 2, boot & 1 << 2, "no VGA");
        assertEquals(0, boot & 1 << 5, "there is a CMOS RTC");
        assertPort(fadt + 116, 0x64);
        assertEquals(0xFE, octet(fadt + 128));
        assertPort(fadt + 244, 0x600);
        assertPort(fadt + 256, 0x601);
        long dsdt = memory.getLong(fadt + 140);
        assertEquals(dsdt, memory.getInt(fadt + 40));
        assertEquals("DSDT", text(dsdt, 4));
        assertSum(dsdt, memory.getInt(dsdt + 4));
        assertEquals(2, octet(dsdt + 8), "64-bit integers");
    }

    /** A generic address structure: system I/O, 8 bits, byte access (5.2.3.2). */
    private void assertPort(long gas, int port) {
        assertEquals(0x0100_0801, memory.getInt(gas));
        assertEquals(port, memory.getLong(gas + 4));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 255, 256, 4096})
    @DisplayName("MADT: a local APIC for each VP, x2APIC structures from id 255 on, I/O APIC 0 at 0xFEC00000 (5.2.12)")
    void madt(int vps) {
        write(vps, true);
        long madt = table("APIC");
        assertEquals(0xFEE0_0000, memory.getInt(madt + 36));
        int next = 0;
        int ioApics = 0;
        for (long at = madt + 44; at < madt + memory.getInt(madt + 4); at += octet(at + 1)) {
            switch (octet(at)) {
                case 0 -> {
                    assertEquals(8, octet(at + 1));
                    assertEquals(next, octet(at + 3));
                    assertTrue(next < 255);
                    assertEquals(1, memory.getInt(at + 4), "enabled");
                    next++;
                }
                case 9 -> {
                    assertEquals(16, octet(at + 1));
                    assertEquals(next, memory.getInt(at + 4));
                    assertTrue(next >= 255);
                    assertEquals(1, memory.getInt(at + 8), "enabled");
                    assertEquals(next, memory.getInt(at + 12));
                    next++;
                }
                case 1 -> {
                    assertEquals(12, octet(at + 1));
                    assertEquals(0, octet(at + 2));
                    assertEquals(0xFEC0_0000, memory.getInt(at + 4));
                    assertEquals(0, memory.getInt(at + 8));
                    ioApics++;
                }
                default -> throw new AssertionError("type " + octet(at));
            }
        }
        assertEquals(vps, next);
        assertEquals(1, ioApics);
    }

    @Test
    @DisplayName("DSDT: COM1, real-time clock, _S5 of type 5; a VMBus below a device with memory only if asked for")
    void dsdt() {
        write(1, false);
        long dsdt = memory.getLong(table("FACP") + 140);
        String plain = text(dsdt, memory.getInt(dsdt + 4));
        assertTrue(plain.contains("COM1"));
        assertTrue(plain.contains("\u0008_S5_\u0012\u0007\u0004\n\u0005"), "Package (4) {5, ...");
        assertTrue(plain.contains("A\u00D0\u0005\u0001"), "PNP0501");
        assertTrue(plain.contains("A\u00D0\u000B\u0000"), "PNP0B00");
        assertTrue(!plain.contains("VMBUS"));
        HeapMemory other = new HeapMemory(1 << 20);
        AcpiTables.write(other, RSDP, EntropyTable.GPA, 1, true, Optional.empty());
        byte[] all = new byte[0x1000];
        other.read(RSDP, all, 0, all.length);
        String text = new String(all, StandardCharsets.ISO_8859_1);
        assertTrue(text.indexOf("ACPI0004") < text.indexOf("VMBUS"));
        String noResources = "\u0008_CRS\u0011\u0005\n\u0002y\u0000";
        assertTrue(text.indexOf("VMBUS") < text.indexOf(noResources), "an end tag alone, where Linux looks first");
        assertTrue(!text.contains("_S4_"), "a guest that could hibernate would have no balloon");
    }

    @Test
    @DisplayName("OEM0: of MICROSFT, with 64 bytes of what is random here, and only where there is something random")
    void entropy() {
        write(1, true);
        assertThrows(AssertionError.class, () -> table("OEM0"));
        writeRandom(0x5A);
        long oem0 = table("OEM0");
        assertEquals(36 + 64, memory.getInt(oem0 + 4));
        assertEquals("MICROSFT", text(oem0 + 16, 8));
        assertEquals("Z".repeat(64), text(oem0 + 36, 64));
    }

    @Test
    @DisplayName(
            "A table that nobody has read is renewed after a restore; one that a guest has emptied, or another's, is not")
    void renewed() {
        assertFalse(EntropyTable.renew(memory, bytes -> fail("there is none")));
        writeRandom(0x5A);
        assertTrue(EntropyTable.renew(memory, bytes -> Arrays.fill(bytes, (byte) 'x')));
        long oem0 = table("OEM0");
        assertEquals("x".repeat(64), text(oem0 + 36, 64));
        emptyAsLinuxDoes(oem0);
        assertEquals(36, memory.getInt(table("OEM0") + 4));
        assertFalse(EntropyTable.renew(memory, bytes -> fail("it has been read")));
    }

    /** Zeros for what was read, then the length of a header, each with the checksum kept right. */
    private void emptyAsLinuxDoes(long table) {
        int sum = octet(table + 9);
        for (int i = 36; i < 100; i++) {
            sum += octet(table + i);
            memory.write(table + i, new byte[1], 0, 1);
        }
        memory.putInt(table + 4, 36);
        memory.write(table + 9, new byte[] {(byte) (sum + 100 - 36)}, 0, 1);
    }

    @Test
    @DisplayName("Too little room is refused before anything is written behind it")
    void noRoom() {
        assertThrows(
                IllegalArgumentException.class,
                () -> AcpiTables.write(memory, RSDP, RSDP + 0x200, 1, false, Optional.empty()));
    }
}
