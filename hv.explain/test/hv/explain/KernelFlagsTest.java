package hv.explain;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.api.CpuidTable;
import hv.api.CpuidTable.Leaf;
import hv.api.Problem;
import hv.api.Problem.Severity;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What a kernel answers to KVM_GET_SUPPORTED_HV_CPUID, and what QEMU makes of it. */
class KernelFlagsTest {
    private static final Deployed DEPLOYED = new Deployed();

    /** A Linux 6.1 on an Intel host with nested virtualization, as its guest's kernel prints it with hv-passthrough. */
    private static final KernelFlags INTEL = new KernelFlags(new CpuidTable(List.of(
            new Leaf(0x4000_0000, 0x4000_0082, 0x756E_694C, 0x564B_2078, 0x7648_204D),
            new Leaf(0x4000_0001, 0x3123_7648, 0, 0, 0),
            new Leaf(0x4000_0002, 0x3839, 0xA_0000, 0, 0),
            new Leaf(0x4000_0003, 0x2AFF, 0x830, 0, 0x8_4D1A),
            new Leaf(0x4000_0004, 0x4E2C, 0xFFF, 0, 0),
            new Leaf(0x4000_0005, 0x400, 0x40, 0, 0),
            new Leaf(0x4000_000A, 0xA_0101, 0, 0, 0),
            new Leaf(0x4000_0080, 0x4000_0082, 0x7263_694D, 0x666F_736F, 0x5356_2074),
            new Leaf(0x4000_0081, 0x3123_5356, 0, 0, 0),
            new Leaf(0x4000_0082, 2, 0, 0, 0))));

    /** An older one on AMD, with what Linux 4.19 had. */
    private static final KernelFlags OLD = new KernelFlags(new CpuidTable(List.of(
            new Leaf(0x4000_0000, 0x4000_000A, 0x756E_694C, 0x564B_2078, 0x7648_204D),
            new Leaf(0x4000_0001, 0x3123_7648, 0, 0, 0),
            new Leaf(0x4000_0003, 0x2A7F, 0x30, 0, 0x500),
            new Leaf(0x4000_0004, 0x82C, 0xFFF, 0, 0))));

    @Test
    @DisplayName(
            "hv-passthrough is what KVM has: its vendor and retries, without the debugger and the limit of processors")
    void passed() {
        String flags =
                INTEL.passed(DEPLOYED.enlightenments(), DEPLOYED.hypervisor()).toString();
        for (String flag : List.of(
                "hv-reenlightenment",
                "hv-evmcs",
                "hv-stimer-direct",
                "hv-spinlocks=0xfff",
                "hv-vendor-id=Linux KVM Hv")) {
            assertTrue(("," + flags + ",").contains("," + flag + ","), flags);
        }
        assertFalse(flags.contains("syndbg") || flags.contains("max-vps"), flags);
        String old =
                OLD.passed(DEPLOYED.enlightenments(), DEPLOYED.hypervisor()).toString();
        assertFalse(old.contains("hv-ipi") || old.contains("evmcs") || old.contains("stimer-direct"), old);
    }

    @Test
    @DisplayName("QEMU: a flag whose bits the kernel does not have is not supported by kernel")
    void missing() {
        Set<String> enabled = Set.of("vpindex", "ipi", "evmcs", "time", "stimer-direct");
        assertEquals(List.of(), INTEL.missing(enabled, DEPLOYED.enlightenments(), Severity.WILL_NOT_START));
        List<String> flags = OLD.missing(enabled, DEPLOYED.enlightenments(), Severity.WILL_NOT_START).stream()
                .map(Problem::flag)
                .toList();
        assertEquals(List.of("hv-evmcs", "hv-ipi", "hv-stimer-direct"), flags);
    }

    @Test
    @DisplayName("Of a kernel that was not asked nothing is said")
    void unknown() {
        KernelFlags unknown = new KernelFlags(CpuidTable.EMPTY);
        assertFalse(unknown.isKnown());
        assertEquals(List.of(), unknown.missing(Set.of("evmcs"), DEPLOYED.enlightenments(), Severity.NOTE));
    }
}
