package hv.vendorid;

import hv.api.HostFacts;
import hv.api.Problem;
import hv.api.Vendor;
import hv.api.host.Verdict;
import hv.partition.PartitionService;
import hv.testkit.Announcer;
import java.util.List;

/** Dry runs with what this bundle offers. */
final class Checks {
    private Checks() {}

    static Verdict check(String flags) {
        return PartitionService.of(List.of(new VendorId(), new VersionId(), new Announcer()))
                .check(
                        flags,
                        HostFacts.builder(Vendor.INTEL, 2_600_000_000L, 1_000_000_000L)
                                .everything()
                                .build());
    }

    static List<Problem.Severity> severities(Verdict verdict) {
        return verdict.problems().stream().map(Problem::severity).toList();
    }
}
