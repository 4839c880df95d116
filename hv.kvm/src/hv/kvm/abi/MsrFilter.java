package hv.kvm.abi;

import hv.kvm.layout.KvmMsrFilter;
import hv.kvm.layout.KvmMsrFilterRange;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Has a VM's guest come to this process with RDMSR and WRMSR of the synthetic MSRs, and with WRMSR of its time stamp
 * counter. All others stay KVM's.
 */
public final class MsrFilter {
    private static final int KVM_MSR_EXIT_REASON_FILTER = 4;

    private MsrFilter() {}

    /** Before a vCPU runs. */
    public static void install(Handle vm) {
        vm.enable(KvmDevice.KVM_CAP_X86_USER_SPACE_MSR, KVM_MSR_EXIT_REASON_FILTER);
        try (Arena scratch = Arena.ofConfined()) {
            MemorySegment filter = scratch.allocate(KvmMsrFilter.BYTES, 8);
            // A cleared bit sends the access to user space.
            MemorySegment denied = scratch.allocate(Msr.SYNTHETIC_COUNT / 8, 8);
            int both = KvmMsrFilterRange.READ | KvmMsrFilterRange.WRITE;
            range(filter, 0, both, Msr.FIRST_SYNTHETIC, Msr.SYNTHETIC_COUNT, denied);
            range(filter, 1, KvmMsrFilterRange.WRITE, Msr.IA32_TIME_STAMP_COUNTER, 1, denied);
            range(filter, 2, KvmMsrFilterRange.WRITE, Msr.IA32_TSC_ADJUST, 1, denied);
            vm.call(Ioctl.KVM_X86_SET_MSR_FILTER, filter);
        }
    }

    private static void range(MemorySegment filter, int index, int flags, int first, int count, MemorySegment bitmap) {
        long at = KvmMsrFilter.range(index);
        filter.set(ValueLayout.JAVA_INT, at + KvmMsrFilterRange.FLAGS, flags);
        filter.set(ValueLayout.JAVA_INT, at + KvmMsrFilterRange.NMSRS, count);
        filter.set(ValueLayout.JAVA_INT, at + KvmMsrFilterRange.BASE, first);
        filter.set(ValueLayout.JAVA_LONG, at + KvmMsrFilterRange.BITMAP, bitmap.address());
    }
}
