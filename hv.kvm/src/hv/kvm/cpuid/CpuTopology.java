package hv.kvm.cpuid;

import java.util.ArrayList;
import java.util.List;

/**
 * The CPUID fields that place a VP among the others: one socket, a core per VP, one thread per core; APIC id = VP
 * index. The host's own topology, which KVM's list partly shows, would be wrong for the guest.
 *
 * @param vp index of the VP
 * @param vpCount how many there are
 */
record CpuTopology(int vp, int vpCount) {
    private static final int LEAF_CACHES = 4;
    private static final int LEAF_TOPOLOGY = 0xB;
    private static final int LEAF_TOPOLOGY_V2 = 0x1F;
    private static final int LEAF_AMD_FEATURES = 0x8000_0001;
    private static final int LEAF_AMD_SIZES = 0x8000_0008;
    private static final int LEAF_AMD_CACHES = 0x8000_001D;
    private static final int LEAF_AMD_TOPOLOGY = 0x8000_001E;

    private static final int LEAF1_EDX_HTT = 1 << 28;
    private static final int AMD_ECX_CMP_LEGACY = 1 << 1;
    private static final int LEVEL_SMT = 1;
    private static final int LEVEL_CORE = 2;

    /** Bits of an APIC id that number the cores. */
    private int coreBits() {
        return 32 - Integer.numberOfLeadingZeros(vpCount - 1);
    }

    /** Whether {@link #entries} has its own answer for this leaf. */
    boolean replaces(CpuidEntry entry) {
        return entry.leaf() == LEAF_TOPOLOGY || entry.leaf() == LEAF_TOPOLOGY_V2;
    }

    /** Leaf 0xB: threads of a core (one), cores of a socket (all), end. */
    List<CpuidEntry> entries(int highestBasicLeaf) {
        List<CpuidEntry> entries = new ArrayList<>();
        if (highestBasicLeaf >= LEAF_TOPOLOGY) {
            entries.add(new CpuidEntry(LEAF_TOPOLOGY, 0, true, 0, 1, LEVEL_SMT << 8, vp));
            entries.add(new CpuidEntry(LEAF_TOPOLOGY, 1, true, coreBits(), vpCount, LEVEL_CORE << 8 | 1, vp));
            entries.add(new CpuidEntry(LEAF_TOPOLOGY, 2, true, 0, 0, 2, vp));
        }
        return entries;
    }

    /** The entry with this VP's APIC id and the counts of this topology. */
    CpuidEntry adapt(CpuidEntry e) {
        return switch (e.leaf()) {
            case 1 -> {
                int ids = Math.min(1 << coreBits(), 255);
                int edx = vpCount > 1 ? e.edx() | LEAF1_EDX_HTT : e.edx() & ~LEAF1_EDX_HTT;
                yield e.withEbx(e.ebx() & 0xFFFF | ids << 16 | (vp & 0xFF) << 24)
                        .withEdx(edx);
            }
            case LEAF_CACHES ->
                e.eax() == 0 ? e : e.withEax(shared(e.eax()) | Math.min((1 << coreBits()) - 1, 63) << 26);
            case LEAF_AMD_FEATURES ->
                e.withEcx(vpCount > 1 ? e.ecx() | AMD_ECX_CMP_LEGACY : e.ecx() & ~AMD_ECX_CMP_LEGACY);
            case LEAF_AMD_SIZES -> e.withEcx(e.ecx() & ~0xF0FF | coreBits() << 12 | Math.min(vpCount - 1, 255));
            case LEAF_AMD_CACHES -> e.eax() == 0 ? e : e.withEax(shared(e.eax()));
            case LEAF_AMD_TOPOLOGY -> CpuidEntry.of(LEAF_AMD_TOPOLOGY, vp, vp & 0xFF, 0, 0);
            default -> e;
        };
    }

    /**
     * EAX of a cache leaf without bits 31:26: levels 1 and 2 belong to a core, level 3 to the socket (bits 25:14, less
     * 1).
     */
    private int shared(int eax) {
        int level = eax >>> 5 & 7;
        int sharers = level >= 3 ? (1 << coreBits()) - 1 : 0;
        return eax & 0x3FFF | sharers << 14;
    }
}
