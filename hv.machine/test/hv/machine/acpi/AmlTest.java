package hv.machine.acpi;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.HexFormat;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** ACPI 6.5, chapter 20, and section 6.4 for resources. */
class AmlTest {
    private static String hex(byte[] aml) {
        return HexFormat.of().formatHex(aml);
    }

    @Test
    @DisplayName("Integers take their shortest form: ZeroOp, OneOp, BytePrefix, WordPrefix, DWordPrefix (20.2.3)")
    void integers() {
        assertEquals("00", hex(Aml.integer(0)));
        assertEquals("01", hex(Aml.integer(1)));
        assertEquals("0aff", hex(Aml.integer(0xFF)));
        assertEquals("0b0001", hex(Aml.integer(0x100)));
        assertEquals("0c00000100", hex(Aml.integer(0x1_0000)));
        assertEquals("0cffffffff", hex(Aml.integer(0xFFFF_FFFFL)));
    }

    @Test
    @DisplayName("EISA ids are compressed and big-endian: PNP0501 is 41 D0 05 01 (19.6.36)")
    void eisaIds() {
        assertEquals("0c41d00501", hex(Aml.eisaId("PNP0501")));
        assertEquals("0c41d00b00", hex(Aml.eisaId("PNP0B00")));
    }

    @Test
    @DisplayName("A name is a NameOp, four characters filled up with underscores, and its value (20.2.2)")
    void names() {
        assertEquals("085f53355f00", hex(Aml.name("_S5", Aml.integer(0))));
        assertEquals("085f4849440d564d42555300", hex(Aml.name("_HID", Aml.string("VMBUS"))));
    }

    @Test
    @DisplayName("PkgLength counts itself: one byte to 63, two to 4095, three from there on (20.2.4)")
    void packageLengths() {
        byte[] device = Aml.device("COM1");
        assertEquals("5b8205434f4d31", hex(device));
        assertEquals("3f", length(58));
        assertEquals("4104", length(58 + 1), "64 would not fit one byte, and two make it 65");
        assertEquals("4fff", length(4095 - 2 - 4));
        assertEquals("810001", length(4095 - 2 - 4 + 1), "4096 would not fit two bytes, and three make it 4097");
    }

    /** The length of a device with so many bytes in it. */
    private static String length(int content) {
        String aml = hex(Aml.device("COM1", new byte[content]));
        return aml.substring(4, aml.indexOf("434f4d31"));
    }

    @Test
    @DisplayName("A resource template is a buffer of descriptors that ends in 79 00 (6.4.2)")
    void resources() {
        assertEquals(
                "11100a0d" + "4701f803f8030108" + "221000" + "7900",
                hex(Aml.resources(Aml.ports(0x3F8, 8), Aml.irq(4))));
    }

    @Test
    @DisplayName("A range of memory is a DWORD address space descriptor of 23 bytes (6.4.3.5.2)")
    void memory() {
        assertEquals(
                "871700000c01" + "00000000" + "000000f8" + "ffffbffe" + "00000000" + "0000c006",
                hex(Aml.memory(0xF800_0000L, 0xFEC0_0000L)));
    }

    @Test
    @DisplayName("Scopes are looked up from the root; packages count their elements (20.2.5)")
    void scopesAndPackages() {
        assertEquals("10065c5f53425f", hex(Aml.scope("_SB")));
        assertEquals("1204020001", hex(Aml.packageOf(Aml.integer(0), Aml.integer(1))));
    }
}
