package hv.api.dto;

import hv.api.CpuidTable;
import hv.api.CrashReport;
import java.util.List;

/**
 * A partition at one moment.
 *
 * @param id its number
 * @param host name of the back end
 * @param flags its flags in canonical form
 * @param enabled ids the guest was promised
 * @param enforcesCpuid whether missing privilege bits close MSRs and calls
 * @param vps how many VPs
 * @param referenceTime100ns reference time
 * @param guestOsId what the guest wrote to GUEST_OS_ID, 0 if nothing yet
 * @param cpuid its leaves
 * @param msrs its MSR routes in order
 * @param hypercalls its call routes in order
 * @param unroutedMsrs accesses to MSRs that nobody answers
 * @param crashes the newest crash reports, at most 16, oldest first
 */
public record PartitionDTO(
        int id,
        String host,
        String flags,
        List<String> enabled,
        boolean enforcesCpuid,
        int vps,
        long referenceTime100ns,
        long guestOsId,
        CpuidTable cpuid,
        List<RouteDTO> msrs,
        List<RouteDTO> hypercalls,
        long unroutedMsrs,
        List<CrashReport> crashes) {
    /** Copies the lists. */
    public PartitionDTO {
        enabled = List.copyOf(enabled);
        msrs = List.copyOf(msrs);
        hypercalls = List.copyOf(hypercalls);
        crashes = List.copyOf(crashes);
    }
}
