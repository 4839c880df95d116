package hv.kvm.abi;

import hv.kvm.error.KvmException;
import hv.kvm.layout.KvmUserspaceMemoryRegion;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Where a VM's guest finds memory. While no vCPU runs. */
public final class MemorySlots {
    /**
     * Three pages that KVM wants on Intel for a task state segment, and one for an identity map: above all RAM below 4
     * GiB.
     */
    private static final long TSS_GPA = 0xFFFB_D000L;

    private static final long IDENTITY_MAP_GPA = 0xFFFB_C000L;

    /** KVM counts the pages of a piece of memory in 31 bits. */
    private static final long MOST_BYTES = ((1L << 31) - 1) * 4096;

    private MemorySlots() {}

    /** Tells KVM which addresses it may use itself. Before there is a vCPU. */
    public static void reserve(Handle vm) {
        vm.call(Ioctl.KVM_SET_TSS_ADDR, TSS_GPA);
        try (Arena scratch = Arena.ofConfined()) {
            MemorySegment address = scratch.allocateFrom(ValueLayout.JAVA_LONG, IDENTITY_MAP_GPA);
            vm.call(Ioctl.KVM_SET_IDENTITY_MAP_ADDR, address);
        }
    }

    /**
     * Has a VM's guest find {@code region} at {@code gpa}.
     *
     * @param slot a number of the caller's for the piece
     * @throws KvmException if the piece is too large, or KVM refuses it
     */
    public static void give(Handle vm, int slot, long gpa, MemorySegment region) {
        if (region.byteSize() == 0) {
            return;
        }
        if (region.byteSize() > MOST_BYTES) {
            throw new KvmException(
                    "guest memory of %d MiB in one piece: KVM takes less than %d MiB: give the guest less memory"
                            .formatted(region.byteSize() >> 20, MOST_BYTES >> 20));
        }
        try (Arena scratch = Arena.ofConfined()) {
            MemorySegment structure = scratch.allocate(KvmUserspaceMemoryRegion.BYTES, 8);
            structure.set(ValueLayout.JAVA_INT, KvmUserspaceMemoryRegion.SLOT, slot);
            structure.set(ValueLayout.JAVA_LONG, KvmUserspaceMemoryRegion.GUEST_PHYS_ADDR, gpa);
            structure.set(ValueLayout.JAVA_LONG, KvmUserspaceMemoryRegion.MEMORY_SIZE, region.byteSize());
            structure.set(ValueLayout.JAVA_LONG, KvmUserspaceMemoryRegion.USERSPACE_ADDR, region.address());
            vm.call(Ioctl.KVM_SET_USER_MEMORY_REGION, structure);
        }
    }
}
