package hv.flags;

import java.util.Map;

/** Features of a CPU that QEMU knows by several names, of which libvirt knows one. Without state. */
final class LibvirtFeature {
    private static final Map<String, String> NAMES = Map.ofEntries(
            Map.entry("sse3", "pni"),
            Map.entry("sse4-1", "sse4.1"),
            Map.entry("sse4-2", "sse4.2"),
            Map.entry("pclmulqdq", "pclmuldq"),
            Map.entry("xd", "nx"),
            Map.entry("i64", "lm"),
            Map.entry("ffxsr", "fxsr_opt"),
            Map.entry("fxsr-opt", "fxsr_opt"),
            Map.entry("ds-cpl", "ds_cpl"),
            Map.entry("tsc-adjust", "tsc_adjust"),
            Map.entry("lahf-lm", "lahf_lm"),
            Map.entry("cmp-legacy", "cmp_legacy"),
            Map.entry("nodeid-msr", "nodeid_msr"),
            Map.entry("perfctr-core", "perfctr_core"),
            Map.entry("perfctr-nb", "perfctr_nb"));

    private LibvirtFeature() {}

    /** libvirt's name of a feature, whichever of QEMU's names somebody wrote. */
    static String name(String spelling) {
        String dashed = spelling.replace('_', '-');
        return NAMES.getOrDefault(dashed, dashed);
    }
}
