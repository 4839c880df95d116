package hv.api;

import java.util.List;

/**
 * The CPUID leaves 0x40000000 and up that a guest sees. Immutable; any thread.
 *
 * @param leaves in ascending order without gaps, or empty when Hyper-V is not announced
 */
public record CpuidTable(List<Leaf> leaves) {
    /** No leaves at all. */
    public static final CpuidTable EMPTY = new CpuidTable(List.of());

    /** Copies the list. */
    public CpuidTable {
        leaves = List.copyOf(leaves);
    }

    /**
     * One leaf; the same for every subleaf.
     *
     * @param leaf its number
     * @param eax what the instruction returns
     * @param ebx what the instruction returns
     * @param ecx what the instruction returns
     * @param edx what the instruction returns
     */
    public record Leaf(int leaf, int eax, int ebx, int ecx, int edx) {
        /** One of the four. */
        public int get(CpuidRegister register) {
            return switch (register) {
                case EAX -> eax;
                case EBX -> ebx;
                case ECX -> ecx;
                case EDX -> edx;
            };
        }
    }

    /** A register of a leaf; 0 for a leaf that is not there. */
    public int get(int leaf, CpuidRegister register) {
        for (Leaf candidate : leaves) {
            if (candidate.leaf() == leaf) {
                return candidate.get(register);
            }
        }
        return 0;
    }
}
