package hv.kvm.state;

import hv.kvm.layout.KvmMpState;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;

/**
 * All that a guest can change in one vCPU and its local APIC, but for the time stamp counter. Immutable.
 *
 * @param parts the structures of KVM, owned by this record: do not change them
 * @param msrs the MSRs
 * @param mpState one of those of {@link KvmMpState}: whether it runs, is halted, or waits for INIT or SIPI
 */
public record CpuState(Map<CpuPart, byte[]> parts, MsrValues msrs, int mpState) {
    /** The same, with what is equal in {@code other} held once for both: VPs at power-on differ in little. */
    CpuState sharing(CpuState other) {
        Map<CpuPart, byte[]> shared = new EnumMap<>(parts);
        shared.replaceAll((part, bytes) -> Arrays.equals(bytes, other.parts.get(part)) ? other.parts.get(part) : bytes);
        boolean sameMsrs = msrs.names() == other.msrs.names() && Arrays.equals(msrs.values(), other.msrs.values());
        return new CpuState(shared, sameMsrs ? other.msrs : msrs, mpState);
    }
}
