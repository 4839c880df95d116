package hv.kvm;

import java.util.Map;
import java.util.SortedMap;

/**
 * All that a guest can change in one vCPU and its local APIC, but for the time stamp counter. Immutable.
 *
 * @param parts the structures of KVM, owned by this record: do not change them
 * @param msrs values by number
 * @param mpState KVM_MP_STATE_RUNNABLE and so on: whether it runs, is halted, or waits for INIT or SIPI
 */
record CpuState(Map<CpuPart, byte[]> parts, SortedMap<Integer, Long> msrs, int mpState) {
    static final int MP_STATE_RUNNABLE = 0;
    /** Waits for INIT and SIPI. */
    static final int MP_STATE_UNINITIALIZED = 1;

    static final int MP_STATE_HALTED = 3;
    /** KVM_MP_STATE_SIPI_RECEIVED, the last of those that x86 has. */
    static final int MP_STATE_LAST = 4;
}
