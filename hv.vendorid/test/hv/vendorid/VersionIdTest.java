package hv.vendorid;

import static hv.vendorid.Checks.check;
import static hv.vendorid.Checks.severities;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import hv.api.CpuidRegister;
import hv.api.CpuidTable;
import hv.api.Problem.Severity;
import hv.api.enlightenment.Enlightenment;
import hv.testkit.EnlightenmentContract;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class VersionIdTest implements EnlightenmentContract {
    @Override
    public Enlightenment enlightenment() {
        return new VersionId();
    }

    @Override
    public String flags() {
        return "hv-version-id-build=20348,hv-version-id-minor=1";
    }

    @Override
    public boolean announcesHyperV() {
        return false;
    }

    @ParameterizedTest
    @CsvSource({
        "'', 00003839, 000a0000, 00000000, 00000000",
        "hv-version-id-build=0x4f7c, 00004f7c, 000a0000, 00000000, 00000000",
        "hv-version-id-build=0xffffffff, ffffffff, 000a0000, 00000000, 00000000",
        "hv-version-id-major=6, 00003839, 00060000, 00000000, 00000000",
        "hv-version-id-minor=3, 00003839, 000a0003, 00000000, 00000000",
        "'hv-version-id-major=0xffff,hv-version-id-minor=0xffff', 00003839, ffffffff, 00000000, 00000000",
        "hv-version-id-spack=0xdeadbeef, 00003839, 000a0000, deadbeef, 00000000",
        "hv-version-id-sbranch=255, 00003839, 000a0000, 00000000, ff000000",
        "hv-version-id-snumber=0xffffff, 00003839, 000a0000, 00000000, 00ffffff",
        "'hv-version-id-sbranch=1,hv-version-id-snumber=2', 00003839, 000a0000, 00000000, 01000002",
        "hv-version-id-snumber=0xff000001, 00003839, 000a0000, 00000000, 00000001",
        "'hv_version_id_major=0,hv-version-id-build=0', 00000000, 00000000, 00000000, 00000000"
    })
    @DisplayName(
            "QEMU, TLFS Hypervisor System Identity: each flag sets its field of leaf 0x40000002, the others keep 10.0.14393")
    void setsItsField(String flags, String eax, String ebx, String ecx, String edx) {
        CpuidTable cpuid = check("hv-announcer," + flags).cpuid();
        assertEquals(hex(eax), cpuid.get(0x4000_0002, CpuidRegister.EAX));
        assertEquals(hex(ebx), cpuid.get(0x4000_0002, CpuidRegister.EBX));
        assertEquals(hex(ecx), cpuid.get(0x4000_0002, CpuidRegister.ECX));
        assertEquals(hex(edx), cpuid.get(0x4000_0002, CpuidRegister.EDX));
    }

    private static int hex(String value) {
        return Integer.parseUnsignedInt(value, 16);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "hv-version-id-build=0x100000000",
                "hv-version-id-major=0x10000",
                "hv-version-id-minor=65536",
                "hv-version-id-spack=0x100000000",
                "hv-version-id-sbranch=256",
                "hv-version-id-snumber=0x100000000",
                "hv-version-id-build=ten",
                "hv-version-id-build"
            })
    @DisplayName("QEMU: a number wider than its property does not start")
    void refusesWideNumbers(String flag) {
        assertFalse(check("hv-announcer," + flag).starts());
    }

    @Test
    @DisplayName("QEMU: a service number keeps its low 24 bits, with a warning")
    void warnsOfWideServiceNumber() {
        assertEquals(
                List.of(Severity.GUEST_MISBEHAVES), severities(check("hv-announcer,hv-version-id-snumber=0x1000000")));
        assertEquals(List.of(), severities(check("hv-announcer,hv-version-id-snumber=0xffffff")));
    }

    @Test
    @DisplayName("QEMU: a version alone announces nothing")
    void announcesNothing() {
        assertEquals(List.of(), check("hv-version-id-build=1").cpuid().leaves());
    }
}
