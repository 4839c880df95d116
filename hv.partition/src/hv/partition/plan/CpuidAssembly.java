package hv.partition.plan;

import hv.api.CpuidRegister;
import hv.api.CpuidTable;
import hv.api.Problem;
import hv.api.Problem.Severity;
import hv.api.enlightenment.CpuidBits;
import java.util.ArrayList;
import java.util.List;

/**
 * Puts the CPUID leaves together from the bits that enlightenments own and the partition's own values, as QEMU builds
 * them (TLFS "Feature and Interface Discovery").
 *
 * <p>The partition's own: signature "Microsoft Hv", interface "Hv#1", version 10.0.14393 (Windows Server 2016),
 * hypercall MSRs and CPU hot-add events always offered, spinlock retries "never", no limit of VPs, 64 logical
 * processors. An owned bit replaces the partition's. The highest leaf is 0x40000005, or the highest one that somebody
 * puts bits into; leaves between are zero.
 */
public final class CpuidAssembly {
    /** AccessHypercallMsrs, leaf 0x40000003 EAX: always there, since without hypercalls there is no Hyper-V. */
    public static final CpuidBits ACCESS_HYPERCALL_MSRS =
            CpuidBits.bit(CpuidBits.LEAF_FEATURES, CpuidRegister.EAX, 5, "AccessHypercallMsrs");

    /** XMM registers may carry hypercall input; looked at by the decoder. */
    static final CpuidBits XMM_INPUT =
            CpuidBits.bit(CpuidBits.LEAF_FEATURES, CpuidRegister.EDX, 4, "XMM registers for fast hypercall input");

    private static final int FIRST_LEAF = 0x4000_0000;
    private static final int LEAF_LIMITS = 0x4000_0005;

    private CpuidAssembly() {}

    static CpuidTable assemble(List<CpuidBits> owned, int maxVps, List<Problem> problems) {
        int last = LEAF_LIMITS;
        for (CpuidBits bits : owned) {
            if (bits.value() != 0) {
                last = Math.max(last, bits.leaf());
            }
        }
        int[][] registers = new int[last - FIRST_LEAF + 1][4];
        int[][] masks = new int[registers.length][4];
        registers[0] = new int[] {last, 0x7263_694D, 0x666F_736F, 0x7648_2074};
        registers[1] = new int[] {0x3123_7648, 0, 0, 0};
        registers[2] = new int[] {0x3839, 10 << 16, 0, 0};
        registers[3] = new int[] {ACCESS_HYPERCALL_MSRS.value(), 0, 0, 1 << 3};
        registers[4] = new int[] {0, -1, 0, 0};
        registers[5] = new int[] {maxVps, 64, 0, 0};
        String[][] owners = new String[registers.length][4];
        for (CpuidBits bits : owned) {
            int leaf = bits.leaf() - FIRST_LEAF;
            int register = bits.register().ordinal();
            if (leaf >= registers.length) {
                continue;
            }
            int shared = masks[leaf][register] & bits.mask();
            if ((registers[leaf][register] & shared) != (bits.value() & shared)) {
                problems.add(new Problem(
                        Severity.WILL_NOT_START,
                        "",
                        "%s and %s want different values in %s"
                                .formatted(owners[leaf][register], bits.name(), bits.where()),
                        "give only one of their flags"));
            }
            registers[leaf][register] = registers[leaf][register] & ~bits.mask() | bits.value();
            masks[leaf][register] |= bits.mask();
            owners[leaf][register] = bits.name();
        }
        List<CpuidTable.Leaf> leaves = new ArrayList<>(registers.length);
        for (int i = 0; i < registers.length; i++) {
            int[] r = registers[i];
            leaves.add(new CpuidTable.Leaf(FIRST_LEAF + i, r[0], r[1], r[2], r[3]));
        }
        return new CpuidTable(leaves);
    }
}
