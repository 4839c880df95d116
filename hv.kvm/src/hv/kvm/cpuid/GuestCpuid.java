package hv.kvm.cpuid;

import hv.api.CpuidTable;
import hv.kvm.error.KvmException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What CPUID tells a guest: the host's leaves as far as KVM supports them, the partition's leaves from 0x40000000, and
 * a topology of one socket with a core per VP.
 *
 * <p>KVM's own leaves (signature and paravirtual features, at 0x40000000 in its list) are left out, so that a guest
 * finds Hyper-V and nothing else; who asks for them gets them at 0x40000100, where guests look next. The hypervisor
 * bit, leaf 1 ECX[31], is set when there is any such leaf. Leaves around them are given as zeros, because a CPU of
 * Intel's kind answers a leaf that is out of range with the values of its highest basic leaf.
 */
public final class GuestCpuid {
    private static final int HYPERVISOR_BASE = 0x4000_0000;
    private static final int KVM_BASE = 0x4000_0100;
    private static final int HYPERVISOR_CLASS = 0xFFFF_0000;
    private static final int ZEROED_LEAVES = 0x20;
    private static final int[] OTHER_ZEROED_LEAVES = {
        0x4000_0080, 0x4000_0081, 0x4000_0082, KVM_BASE, KVM_BASE + 1, 0x4000_0200
    };

    private static final int LEAF1_ECX_X2APIC = 1 << 21;
    private static final int LEAF1_ECX_TSC_DEADLINE = 1 << 24;
    private static final int LEAF1_ECX_HYPERVISOR = 1 << 31;

    private GuestCpuid() {}

    /**
     * The entries of one VP.
     *
     * @param supported what KVM supports
     * @param table the partition's leaves
     * @param vp index, which is the APIC id
     * @param vpCount how many VPs there are
     * @param showKvm whether the guest is to see KVM's leaves too
     * @param tscDeadline whether the APIC timer knows TSC-deadline mode
     */
    public static List<CpuidEntry> of(
            List<CpuidEntry> supported, CpuidTable table, int vp, int vpCount, boolean showKvm, boolean tscDeadline) {
        boolean hypervisor = showKvm || !table.leaves().isEmpty();
        CpuTopology topology = new CpuTopology(vp, vpCount);
        List<CpuidEntry> entries = new ArrayList<>();
        for (CpuidEntry entry : supported) {
            if ((entry.leaf() & HYPERVISOR_CLASS) == HYPERVISOR_BASE || topology.replaces(entry)) {
                continue;
            }
            entries.add(topology.adapt(entry.leaf() == 1 ? features(entry, hypervisor, tscDeadline) : entry));
        }
        entries.addAll(topology.entries(highest(supported)));
        table.leaves().forEach(l -> entries.add(CpuidEntry.of(l.leaf(), l.eax(), l.ebx(), l.ecx(), l.edx())));
        if (showKvm) {
            entries.addAll(relocated(supported));
        }
        addZeros(entries);
        if (entries.size() > CpuidEntry.MAX) {
            throw new KvmException("%d CPUID entries are more than KVM takes (%d): show fewer leaves"
                    .formatted(entries.size(), CpuidEntry.MAX));
        }
        return entries;
    }

    private static CpuidEntry features(CpuidEntry leaf1, boolean hypervisor, boolean tscDeadline) {
        int ecx = leaf1.ecx() | LEAF1_ECX_X2APIC;
        ecx = hypervisor ? ecx | LEAF1_ECX_HYPERVISOR : ecx & ~LEAF1_ECX_HYPERVISOR;
        return leaf1.withEcx(tscDeadline ? ecx | LEAF1_ECX_TSC_DEADLINE : ecx);
    }

    private static int highest(List<CpuidEntry> supported) {
        for (CpuidEntry entry : supported) {
            if (entry.leaf() == 0) {
                return entry.eax();
            }
        }
        return 0;
    }

    /** KVM's signature leaf names its highest leaf in EAX; both move. */
    private static List<CpuidEntry> relocated(List<CpuidEntry> supported) {
        List<CpuidEntry> moved = new ArrayList<>();
        for (CpuidEntry e : supported) {
            if (e.leaf() == HYPERVISOR_BASE) {
                moved.add(CpuidEntry.of(KVM_BASE, KVM_BASE + 1, e.ebx(), e.ecx(), e.edx()));
            } else if (e.leaf() == HYPERVISOR_BASE + 1) {
                moved.add(CpuidEntry.of(KVM_BASE + 1, e.eax(), e.ebx(), e.ecx(), e.edx()));
            }
        }
        return moved;
    }

    private static void addZeros(List<CpuidEntry> entries) {
        Set<Integer> present = new HashSet<>();
        entries.forEach(entry -> present.add(entry.leaf()));
        for (int i = 0; i < ZEROED_LEAVES; i++) {
            addZero(entries, present, HYPERVISOR_BASE + i);
        }
        for (int leaf : OTHER_ZEROED_LEAVES) {
            addZero(entries, present, leaf);
        }
    }

    private static void addZero(List<CpuidEntry> entries, Set<Integer> present, int leaf) {
        if (entries.size() < CpuidEntry.MAX && present.add(leaf)) {
            entries.add(CpuidEntry.of(leaf, 0, 0, 0, 0));
        }
    }
}
