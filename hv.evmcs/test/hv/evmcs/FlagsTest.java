package hv.evmcs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.api.CpuidRegister;
import hv.api.HostFacts;
import hv.api.Problem;
import hv.api.Problem.Severity;
import hv.api.Vendor;
import hv.api.host.Verdict;
import hv.partition.PartitionService;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What the flags show to a guest, and what is said about them. */
class FlagsTest {
    private static final int NESTED = 0x4000_000A;

    @Test
    @DisplayName(
            "QEMU: leaf 0x4000000A EAX is 0x0101 with hv-evmcs, bit 19 hv-emsr-bitmap, bit 17 hv-tlbflush-direct; EBX stays 0")
    void nestedLeaf() {
        assertEquals(0x0101, nested("hv-vapic,hv-evmcs", Vendor.INTEL));
        assertEquals(1 << 19, nested("hv-emsr-bitmap", Vendor.AMD));
        assertEquals(1 << 17, nested("hv-vapic,hv-tlbflush-direct", Vendor.AMD));
        assertEquals(0x000A_0101, nested(Machine.ALL, Vendor.INTEL));
    }

    @Test
    @DisplayName(
            "QEMU: the leaf raises the highest one to 0x4000000A, with zero leaves before it; 0x40000004.EAX[14] is hv-evmcs alone")
    void leaves() {
        Verdict verdict = check(Machine.ALL, Vendor.INTEL);
        assertEquals(NESTED, verdict.cpuid().get(0x4000_0000, CpuidRegister.EAX));
        for (int leaf = 0x4000_0006; leaf < NESTED; leaf++) {
            assertEquals(0, verdict.cpuid().get(leaf, CpuidRegister.EAX));
        }
        assertEquals(1 << 14, verdict.cpuid().get(0x4000_0004, CpuidRegister.EAX) & 1 << 14);
        Verdict without = check("hv-vapic,hv-emsr-bitmap,hv-tlbflush-direct", Vendor.INTEL);
        assertEquals(0, without.cpuid().get(0x4000_0004, CpuidRegister.EAX) & 1 << 14);
        assertEquals(0x4000_0005, check("hv-vapic", Vendor.INTEL).cpuid().get(0x4000_0000, CpuidRegister.EAX));
    }

    @Test
    @DisplayName("hv-evmcs on AMD does not start, and one line says why and what to do; the other two start there")
    void amd() {
        Verdict verdict = check(Machine.ALL, Vendor.AMD);
        assertFalse(verdict.starts());
        assertEquals(1, verdict.problems().size());
        Problem problem = verdict.problems().get(0);
        assertEquals(Severity.WILL_NOT_START, problem.severity());
        assertEquals("hv-evmcs", problem.flag());
        assertEquals(1, problem.toString().lines().count());
        assertTrue(problem.toString().contains("Intel") && problem.toString().contains("leave hv-evmcs out"));
        Verdict others = check("hv-vapic,hv-emsr-bitmap,hv-tlbflush-direct", Vendor.AMD);
        assertEquals(List.of(), others.problems());
    }

    @Test
    @DisplayName("on Intel hv-emsr-bitmap and hv-tlbflush-direct recommend hv-evmcs")
    void recommendation() {
        Verdict verdict = check("hv-vapic,hv-emsr-bitmap,hv-tlbflush-direct", Vendor.INTEL);
        assertTrue(verdict.starts());
        assertEquals(
                List.of("add hv-evmcs", "add hv-evmcs"),
                verdict.problems().stream().map(Problem::remedy).toList());
        assertEquals(List.of(), check(Machine.ALL, Vendor.INTEL).problems());
    }

    @Test
    @DisplayName("hv-evmcs and hv-tlbflush-direct require hv-vapic; hv-emsr-bitmap requires nothing")
    void requirements() {
        assertFalse(check("hv-evmcs", Vendor.INTEL).starts());
        assertFalse(check("hv-tlbflush-direct", Vendor.AMD).starts());
        assertTrue(check("hv-emsr-bitmap", Vendor.AMD).starts());
    }

    private static int nested(String flags, Vendor vendor) {
        Verdict verdict = check(flags, vendor);
        assertEquals(0, verdict.cpuid().get(NESTED, CpuidRegister.EBX));
        return verdict.cpuid().get(NESTED, CpuidRegister.EAX);
    }

    private static Verdict check(String flags, Vendor vendor) {
        return PartitionService.of(List.of(new TestVapic(), new Evmcs(), new EmsrBitmap(), new TlbflushDirect()))
                .check(
                        flags,
                        HostFacts.builder(vendor, 2_600_000_000L, 1_000_000_000L)
                                .everything()
                                .build());
    }
}
