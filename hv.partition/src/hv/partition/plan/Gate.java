package hv.partition.plan;

import hv.api.CpuidTable;
import hv.api.enlightenment.Privilege;

/**
 * Which privileges a guest holds (TLFS "Feature and Interface Discovery: Partition Privileges"). Worked out from the
 * CPUID leaves the guest sees; without hv-enforce-cpuid everything is open, as in KVM. Immutable.
 *
 * @param cpuid what the guest sees
 * @param enforcesCpuid whether missing bits close anything
 */
public record Gate(CpuidTable cpuid, boolean enforcesCpuid) {
    private static final Privilege XMM_INPUT = Privilege.of(CpuidAssembly.XMM_INPUT);

    /** Whether the guest holds {@code privilege}, or nobody asks. */
    public boolean isOpen(Privilege privilege) {
        return !enforcesCpuid || privilege.isGrantedBy(cpuid.get(privilege.leaf(), privilege.register()));
    }

    /** Whether XMM registers may carry hypercall input. */
    public boolean isXmmInputOpen() {
        return isOpen(XMM_INPUT);
    }
}
