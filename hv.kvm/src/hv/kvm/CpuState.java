package hv.kvm;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;

/**
 * All that a guest can change in one vCPU and its local APIC, but for the time stamp counter. Immutable.
 *
 * @param parts the structures of KVM, owned by this record: do not change them
 * @param msrs the MSRs
 * @param mpState KVM_MP_STATE_RUNNABLE and so on: whether it runs, is halted, or waits for INIT or SIPI
 */
record CpuState(Map<CpuPart, byte[]> parts, MsrValues msrs, int mpState) {
    static final int MP_STATE_RUNNABLE = 0;
    /** Waits for INIT and SIPI. */
    static final int MP_STATE_UNINITIALIZED = 1;

    static final int MP_STATE_HALTED = 3;
    /** KVM_MP_STATE_SIPI_RECEIVED, the last of those that x86 has. */
    static final int MP_STATE_LAST = 4;

    /** The same, with what is equal in {@code other} held once for both: VPs at power-on differ in little. */
    CpuState sharing(CpuState other) {
        Map<CpuPart, byte[]> shared = new EnumMap<>(parts);
        shared.replaceAll((part, bytes) -> Arrays.equals(bytes, other.parts.get(part)) ? other.parts.get(part) : bytes);
        boolean sameMsrs = msrs.names() == other.msrs.names() && Arrays.equals(msrs.values(), other.msrs.values());
        return new CpuState(shared, sameMsrs ? other.msrs : msrs, mpState);
    }
}
