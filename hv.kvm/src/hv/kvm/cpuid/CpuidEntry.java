package hv.kvm.cpuid;

import hv.kvm.abi.Handle;
import hv.kvm.abi.Ioctl;
import hv.kvm.layout.KvmCpuid2;
import hv.kvm.layout.KvmCpuidEntry2;
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
public record CpuidEntry(int leaf, int subleaf, boolean bySubleaf, int eax, int ebx, int ecx, int edx) {
    /** What KVM takes at most. */
    static final int MAX = 256;

    /** A leaf that is the same for each subleaf. */
    public static CpuidEntry of(int leaf, int eax, int ebx, int ecx, int edx) {
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
    public static List<CpuidEntry> supported(Handle device) {
        return list(device, Ioctl.KVM_GET_SUPPORTED_CPUID);
    }

    /** The leaves of this kernel's own Hyper-V: all that it can show to a guest. Asked of the device or of a vCPU. */
    public static List<CpuidEntry> ofHyperV(Handle handle) {
        return list(handle, Ioctl.KVM_GET_SUPPORTED_HV_CPUID);
    }

    private static List<CpuidEntry> list(Handle device, Ioctl request) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment list = arena.allocate(KvmCpuid2.bytes(MAX), 8);
            list.set(ValueLayout.JAVA_INT, KvmCpuid2.NENT, MAX);
            device.call(request, list);
            List<CpuidEntry> entries = new ArrayList<>();
            for (int i = 0; i < list.get(ValueLayout.JAVA_INT, KvmCpuid2.NENT); i++) {
                MemorySegment e = list.asSlice(KvmCpuid2.entry(i), KvmCpuidEntry2.BYTES);
                entries.add(new CpuidEntry(
                        e.get(ValueLayout.JAVA_INT, KvmCpuidEntry2.FUNCTION),
                        e.get(ValueLayout.JAVA_INT, KvmCpuidEntry2.INDEX),
                        (e.get(ValueLayout.JAVA_INT, KvmCpuidEntry2.FLAGS) & KvmCpuidEntry2.SIGNIFICANT_INDEX) != 0,
                        e.get(ValueLayout.JAVA_INT, KvmCpuidEntry2.EAX),
                        e.get(ValueLayout.JAVA_INT, KvmCpuidEntry2.EBX),
                        e.get(ValueLayout.JAVA_INT, KvmCpuidEntry2.ECX),
                        e.get(ValueLayout.JAVA_INT, KvmCpuidEntry2.EDX)));
            }
            return List.copyOf(entries);
        }
    }

    /** Gives {@code entries} to a vCPU that has not run. */
    public static void give(List<CpuidEntry> entries, Handle vcpu) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment list = arena.allocate(KvmCpuid2.bytes(entries.size()), 8);
            list.set(ValueLayout.JAVA_INT, KvmCpuid2.NENT, entries.size());
            for (int i = 0; i < entries.size(); i++) {
                CpuidEntry entry = entries.get(i);
                MemorySegment e = list.asSlice(KvmCpuid2.entry(i), KvmCpuidEntry2.BYTES);
                e.set(ValueLayout.JAVA_INT, KvmCpuidEntry2.FUNCTION, entry.leaf);
                e.set(ValueLayout.JAVA_INT, KvmCpuidEntry2.INDEX, entry.subleaf);
                e.set(
                        ValueLayout.JAVA_INT,
                        KvmCpuidEntry2.FLAGS,
                        entry.bySubleaf ? KvmCpuidEntry2.SIGNIFICANT_INDEX : 0);
                e.set(ValueLayout.JAVA_INT, KvmCpuidEntry2.EAX, entry.eax);
                e.set(ValueLayout.JAVA_INT, KvmCpuidEntry2.EBX, entry.ebx);
                e.set(ValueLayout.JAVA_INT, KvmCpuidEntry2.ECX, entry.ecx);
                e.set(ValueLayout.JAVA_INT, KvmCpuidEntry2.EDX, entry.edx);
            }
            vcpu.call(Ioctl.KVM_SET_CPUID2, list);
        }
    }
}
