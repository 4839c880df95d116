package hv.snapshot;

import hv.api.HostFacts;
import hv.api.Problem;
import hv.api.Vendor;
import hv.api.host.Hypervisor;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Why a guest with certain flags is better not moved. */
final class Vetoes {
    private static final long USUAL_HZ = 1_000_000_000L;

    private Vetoes() {}

    /** One line each. What a host is does not decide it; a flag may be unknown on one vendor's, so both are asked. */
    static List<String> of(Hypervisor hypervisor, String flags) {
        Set<String> lines = new LinkedHashSet<>();
        for (Vendor vendor : Vendor.values()) {
            HostFacts facts =
                    HostFacts.builder(vendor, USUAL_HZ, USUAL_HZ).everything().build();
            for (Problem problem : hypervisor.check(flags, facts).problems()) {
                if (problem.severity() == Problem.Severity.BLOCKS_MIGRATION) {
                    lines.add(problem.toString());
                }
            }
        }
        return List.copyOf(lines);
    }
}
