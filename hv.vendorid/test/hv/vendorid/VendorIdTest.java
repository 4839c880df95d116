package hv.vendorid;

import static hv.vendorid.Checks.check;
import static hv.vendorid.Checks.severities;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.api.CpuidRegister;
import hv.api.CpuidTable;
import hv.api.Problem.Severity;
import hv.api.enlightenment.Enlightenment;
import hv.testkit.Announcer;
import hv.testkit.EnlightenmentContract;
import hv.testkit.Guest;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VendorIdTest implements EnlightenmentContract {
    @Override
    public Enlightenment enlightenment() {
        return new VendorId();
    }

    @Override
    public String flags() {
        return "hv-vendor-id=KVMKVMKVM";
    }

    @Override
    public boolean announcesHyperV() {
        return false;
    }

    private static CpuidTable cpuid(String flags) {
        try (Guest guest = Guest.with(new VendorId(), new Announcer())
                .flags(Announcer.FLAG + "," + flags)
                .start()) {
            return guest.cpuid();
        }
    }

    private static String vendor(CpuidTable cpuid) {
        ByteBuffer text = ByteBuffer.allocate(12)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(cpuid.get(0x4000_0000, CpuidRegister.EBX))
                .putInt(cpuid.get(0x4000_0000, CpuidRegister.ECX))
                .putInt(cpuid.get(0x4000_0000, CpuidRegister.EDX));
        return new String(text.array(), StandardCharsets.US_ASCII);
    }

    @ParameterizedTest
    @CsvSource({
        "'', 'Microsoft Hv'",
        "hv-vendor-id=ABCDEFGHIJKL, ABCDEFGHIJKL",
        "hv-vendor-id=ABCDEFGHIJKLMN, ABCDEFGHIJKL",
        "hv_vendor_id=1234567890ab, 1234567890ab"
    })
    @DisplayName("QEMU, TLFS Hypervisor CPUID Leaf Range: leaf 0x40000000 holds the text, cut to 12 characters")
    void showsTheText(String flags, String expected) {
        assertEquals(expected, vendor(cpuid(flags)));
    }

    @Test
    @DisplayName("a shorter text is filled up with zero bytes")
    void padsWithZeros() {
        assertEquals("abc\0\0\0\0\0\0\0\0\0", vendor(cpuid("hv-vendor-id=abc")));
    }

    @Test
    @DisplayName("the first character is the lowest byte of EBX: 'Linux KVM Hv' is 0x756e694c, 0x564b2078, 0x7648204d")
    void encodesAsKvmDoes() {
        CpuidTable cpuid = cpuid("hv-vendor-id=Linux KVM Hv");
        assertEquals(0x756E_694C, cpuid.get(0x4000_0000, CpuidRegister.EBX));
        assertEquals(0x564B_2078, cpuid.get(0x4000_0000, CpuidRegister.ECX));
        assertEquals(0x7648_204D, cpuid.get(0x4000_0000, CpuidRegister.EDX));
    }

    @Test
    @DisplayName("QEMU: the highest leaf in EAX stays")
    void leavesTheHighestLeaf() {
        assertEquals(0x4000_0005, cpuid("hv-vendor-id=abc").get(0x4000_0000, CpuidRegister.EAX));
    }

    @Test
    @DisplayName("QEMU: more than 12 characters start, with a warning that says what the guest will read")
    void warnsOfTruncation() {
        var verdict = check("hv-announcer,hv-vendor-id=Microsoft Hv!");
        assertTrue(verdict.starts());
        assertEquals(List.of(Severity.GUEST_MISBEHAVES), severities(verdict));
        assertEquals(
                "hv-vendor-id truncated to 12 characters; write hv-vendor-id=Microsoft Hv",
                verdict.problems().get(0).toString());
    }

    @Test
    @DisplayName("characters that are not printable ASCII do not start")
    void refusesOtherCharacters() {
        assertEquals(List.of(Severity.WILL_NOT_START), severities(check("hv-announcer,hv-vendor-id=Müller")));
        assertEquals(List.of(Severity.WILL_NOT_START), severities(check("hv-announcer,hv-vendor-id=a\u0001b")));
    }

    @Test
    @DisplayName("another vendor than Microsoft's is noted: Linux will not find Hyper-V")
    void notesOtherVendors() {
        assertEquals(List.of(Severity.NOTE), severities(check("hv-announcer,hv-vendor-id=GenuineIntel")));
        assertEquals(List.of(), severities(check("hv-announcer,hv-vendor-id=Microsoft Hv")));
    }

    @Test
    @DisplayName("QEMU: hv-vendor-id alone announces nothing")
    void announcesNothing() {
        assertEquals(List.of(), check("hv-vendor-id=abc").cpuid().leaves());
    }
}
