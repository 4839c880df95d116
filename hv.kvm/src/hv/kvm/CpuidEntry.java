package hv.kvm;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;

/**
 * One {@code struct kvm_cpuid_entry2}: what CPUID returns for a leaf, or for a subleaf of it.
 *
 * @param leaf EAX of the instruction
 * @param subleaf ECX of the instruction
 * @param bySubleaf whether the answer depends on it (KVM_CPUID_FLAG_SIGNIFCANT_INDEX)
 * @param eax result
 * @param ebx result
 * @param ecx result
 * @param edx result
 */
record CpuidEntry(int leaf, int subleaf, boolean bySubleaf, int eax, int ebx, int ecx, int edx) {
    /** What KVM takes at most. */
    static final int MAX = 256;

    private static final int HEADER = 8;
    private static final int ENTRY = 40;

    /** A leaf that is the same for each subleaf. */
    static CpuidEntry of(int leaf, int eax, int ebx, int ecx, int edx) {
        return new CpuidEntry(leaf, 0, false, eax, ebx, ecx, edx);
    }

    CpuidEntry withEax(int value) {
        return new CpuidEntry(leaf, subleaf, bySubleaf, value, ebx, ecx, edx);
    }

    CpuidEntry withEbx(int value) {
        return new CpuidEntry(leaf, subleaf, bySubleaf, eax, value, ecx, edx);
    }

    CpuidEntry withEcx(int value) {
        return new CpuidEntry(leaf, subleaf, bySubleaf, eax, ebx, value, edx);
    }

    CpuidEntry withEdx(int value) {
        return new CpuidEntry(leaf, subleaf, bySubleaf, eax, ebx, ecx, value);
    }

    /** What this host and KVM can show to a guest. */
    static List<CpuidEntry> supported(Handle device) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment list = arena.allocate(HEADER + (long) ENTRY * MAX, 8);
            list.set(ValueLayout.JAVA_INT, 0, MAX);
            device.call(Ioctl.KVM_GET_SUPPORTED_CPUID, list);
            List<CpuidEntry> entries = new ArrayList<>();
            for (int i = 0; i < list.get(ValueLayout.JAVA_INT, 0); i++) {
                MemorySegment e = list.asSlice(HEADER + (long) ENTRY * i, ENTRY);
                entries.add(new CpuidEntry(
                        e.get(ValueLayout.JAVA_INT, 0),
                        e.get(ValueLayout.JAVA_INT, 4),
                        (e.get(ValueLayout.JAVA_INT, 8) & 1) != 0,
                        e.get(ValueLayout.JAVA_INT, 12),
                        e.get(ValueLayout.JAVA_INT, 16),
                        e.get(ValueLayout.JAVA_INT, 20),
                        e.get(ValueLayout.JAVA_INT, 24)));
            }
            return List.copyOf(entries);
        }
    }

    /** Gives {@code entries} to a vCPU that has not run. */
    static void give(List<CpuidEntry> entries, Handle vcpu) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment list = arena.allocate(HEADER + (long) ENTRY * entries.size(), 8);
            list.set(ValueLayout.JAVA_INT, 0, entries.size());
            for (int i = 0; i < entries.size(); i++) {
                CpuidEntry entry = entries.get(i);
                MemorySegment e = list.asSlice(HEADER + (long) ENTRY * i, ENTRY);
                e.set(ValueLayout.JAVA_INT, 0, entry.leaf);
                e.set(ValueLayout.JAVA_INT, 4, entry.subleaf);
                e.set(ValueLayout.JAVA_INT, 8, entry.bySubleaf ? 1 : 0);
                e.set(ValueLayout.JAVA_INT, 12, entry.eax);
                e.set(ValueLayout.JAVA_INT, 16, entry.ebx);
                e.set(ValueLayout.JAVA_INT, 20, entry.ecx);
                e.set(ValueLayout.JAVA_INT, 24, entry.edx);
            }
            vcpu.call(Ioctl.KVM_SET_CPUID2, list);
        }
    }
}
