package hv.api.dto;

import java.util.List;

/**
 * A deployed enlightenment.
 *
 * @param id as {@code stimer-direct}
 * @param flag as {@code hv-stimer-direct}
 * @param title a few words
 * @param benefit what the guest gains
 * @param section TLFS chapter
 * @param bundle symbolic name and version of what provides it, or the module's name
 * @param requires ids it needs
 * @param recommends ids it works better with
 * @param missing ids it needs, directly or through others, that are not deployed
 * @param migrationVeto why it keeps a guest from being moved, or empty
 * @param cpuid where its CPUID bits are, with their names
 * @param msrs its MSRs, as "0x40000020 HV_X64_MSR_TIME_REF_COUNT"
 * @param hypercalls its calls, as "0x0008 HvCallNotifyLongSpinWait"
 */
public record EnlightenmentDTO(
        String id,
        String flag,
        String title,
        String benefit,
        String section,
        String bundle,
        List<String> requires,
        List<String> recommends,
        List<String> missing,
        String migrationVeto,
        List<String> cpuid,
        List<String> msrs,
        List<String> hypercalls) {
    /** Copies the lists. */
    public EnlightenmentDTO {
        requires = List.copyOf(requires);
        recommends = List.copyOf(recommends);
        missing = List.copyOf(missing);
        cpuid = List.copyOf(cpuid);
        msrs = List.copyOf(msrs);
        hypercalls = List.copyOf(hypercalls);
    }
}
