package hv.kvm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.api.CpuidTable;
import hv.kvm.cpuid.CpuidEntry;
import hv.kvm.cpuid.GuestCpuid;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class GuestCpuidTest {
    private static final int KVMK = 0x4B4D_564B;
    private static final CpuidTable HYPER_V = new CpuidTable(List.of(
            new CpuidTable.Leaf(0x4000_0000, 0x4000_0001, 0x7263_694D, 0x666F_736F, 0x7648_2074),
            new CpuidTable.Leaf(0x4000_0001, 0x3123_7648, 0, 0, 0)));

    private static final List<CpuidEntry> SUPPORTED = List.of(
            CpuidEntry.of(0, 0x1F, 0x756E_6547, 0x6C65_746E, 0x4965_6E69),
            CpuidEntry.of(1, 0x306A9, 0x0310_0800, 0x8020_0000, 0x1F8B_FBFF),
            new CpuidEntry(4, 0, true, 0x1C00_4121, 0x01C0_003F, 0x3F, 0),
            new CpuidEntry(4, 3, true, 0x1C03_C163, 0x02C0_003F, 0x1FFF, 6),
            new CpuidEntry(0xB, 0, true, 1, 2, 0x100, 7),
            new CpuidEntry(0x1F, 0, true, 1, 2, 0x100, 7),
            CpuidEntry.of(0x4000_0000, 0x4000_0001, KVMK, 0x564B_4D56, 0x4D),
            CpuidEntry.of(0x4000_0001, 0x0100_7EFB, 0, 0, 0),
            CpuidEntry.of(0x8000_0001, 0, 0, 0, 0),
            CpuidEntry.of(0x8000_0008, 0x3030, 0, 0x7001, 0));

    private static CpuidEntry find(List<CpuidEntry> entries, int leaf, int subleaf) {
        return entries.stream()
                .filter(e -> e.leaf() == leaf && e.subleaf() == subleaf)
                .findFirst()
                .orElseThrow();
    }

    private static List<CpuidEntry> plain(int vp, int vpCount) {
        return GuestCpuid.of(SUPPORTED, HYPER_V, vp, vpCount, false, true);
    }

    @Test
    @DisplayName("KVM's leaves are left out, the partition's are there, the hypervisor bit is set (leaf 1 ECX[31])")
    void hyperVInsteadOfKvm() {
        List<CpuidEntry> entries = plain(0, 1);
        assertTrue(entries.stream().noneMatch(e -> e.ebx() == KVMK));
        assertEquals(0x7263_694D, find(entries, 0x4000_0000, 0).ebx());
        assertEquals(0x3123_7648, find(entries, 0x4000_0001, 0).eax());
        assertTrue(find(entries, 1, 0).ecx() < 0, "hypervisor bit");
    }

    @Test
    @DisplayName("Without partition leaves there is no hypervisor to see: bit clear, 0x40000000 zero")
    void nothingShown() {
        List<CpuidEntry> entries = GuestCpuid.of(SUPPORTED, CpuidTable.EMPTY, 0, 1, false, true);
        assertTrue(find(entries, 1, 0).ecx() >= 0, "hypervisor bit");
        assertEquals(CpuidEntry.of(0x4000_0000, 0, 0, 0, 0), find(entries, 0x4000_0000, 0));
    }

    @Test
    @DisplayName("KVM's leaves, when asked for, are at 0x40000100 and name 0x40000101 as their last")
    void kvmMovesAside() {
        List<CpuidEntry> entries = GuestCpuid.of(SUPPORTED, HYPER_V, 0, 1, true, true);
        assertEquals(CpuidEntry.of(0x4000_0100, 0x4000_0101, KVMK, 0x564B_4D56, 0x4D), find(entries, 0x4000_0100, 0));
        assertEquals(0x0100_7EFB, find(entries, 0x4000_0101, 0).eax());
    }

    @Test
    @DisplayName(
            "Leaves behind the partition's last one read 0 on every make of CPU (KVM answers them with the highest basic leaf on Intel)")
    void leavesAroundAreZero() {
        List<CpuidEntry> entries = plain(0, 1);
        for (int leaf : new int[] {0x4000_0002, 0x4000_000A, 0x4000_0082, 0x4000_0100}) {
            assertEquals(CpuidEntry.of(leaf, 0, 0, 0, 0), find(entries, leaf, 0));
        }
    }

    @Test
    @DisplayName("No leaf and subleaf is given twice")
    void noEntryTwice() {
        Set<List<Integer>> seen = new HashSet<>();
        for (CpuidEntry entry : GuestCpuid.of(SUPPORTED, HYPER_V, 1, 4, true, true)) {
            assertTrue(seen.add(List.of(entry.leaf(), entry.subleaf())), entry.toString());
        }
    }

    @Test
    @DisplayName("One socket with a core per VP: APIC id = VP index in leaves 1 and 0xB, counts from the number of VPs")
    void topology() {
        List<CpuidEntry> entries = plain(5, 6);
        CpuidEntry leaf1 = find(entries, 1, 0);
        assertEquals(5, leaf1.ebx() >>> 24);
        assertEquals(8, leaf1.ebx() >>> 16 & 0xFF);
        assertTrue((leaf1.edx() & 1 << 28) != 0, "HTT");
        assertTrue((leaf1.ecx() & 1 << 21) != 0, "x2APIC");
        assertTrue((leaf1.ecx() & 1 << 24) != 0, "TSC deadline");
        assertEquals(new CpuidEntry(0xB, 0, true, 0, 1, 0x100, 5), find(entries, 0xB, 0));
        assertEquals(new CpuidEntry(0xB, 1, true, 3, 6, 0x201, 5), find(entries, 0xB, 1));
        assertEquals(new CpuidEntry(0xB, 2, true, 0, 0, 2, 5), find(entries, 0xB, 2));
        assertTrue(entries.stream().noneMatch(e -> e.leaf() == 0x1F));
        assertEquals(7 << 26 | 0x121, find(entries, 4, 0).eax());
        assertEquals(7 << 26 | 7 << 14 | 0x163, find(entries, 4, 3).eax());
        assertEquals(3 << 12 | 5, find(entries, 0x8000_0008, 0).ecx());
        assertEquals(2, find(entries, 0x8000_0001, 0).ecx());
    }

    @Test
    @DisplayName("A single VP has no multi-processor fields")
    void singleProcessor() {
        List<CpuidEntry> entries = plain(0, 1);
        CpuidEntry leaf1 = find(entries, 1, 0);
        assertFalse((leaf1.edx() & 1 << 28) != 0, "HTT");
        assertEquals(1, leaf1.ebx() >>> 16 & 0xFF);
        assertEquals(0, find(entries, 0x8000_0001, 0).ecx());
        assertEquals(0, find(entries, 0x8000_0008, 0).ecx());
    }

    @Test
    @DisplayName(
            "A guest that runs CPUID sees the partition's leaves, no KVM signature, zeros behind them, the hypervisor bit")
    void guestSeesThem() {
        try (TestVm vm = new TestVm(1)) {
            vm.partition.cpuid = HYPER_V;
            Code code = new Code();
            for (int leaf : new int[] {0x4000_0000, 0x4000_0001, 0x4000_0002, 0x4000_0100}) {
                code.movEax(leaf).cpuid().outEax(0x10).eaxFrom(3).outEax(0x11);
            }
            vm.boot32(code.movEax(1).cpuid().eaxFrom(1).outEax(0x12).halt());
            int[] expected = {0x4000_0001, 0x7263_694D, 0x3123_7648, 0, 0, 0, 0, 0};
            for (int value : expected) {
                assertEquals(value, vm.next().value());
            }
            assertTrue(vm.next().value() < 0, "hypervisor bit");
        }
    }
}
