package hv.itest.flags;

import static org.junit.jupiter.api.Assertions.assertEquals;

import hv.api.Problem;
import hv.api.Problem.Severity;
import hv.api.Vendor;
import hv.api.dto.EnlightenmentDTO;
import hv.api.host.ConfigurationException;
import hv.api.host.GuestPartition;
import hv.api.host.Hypervisor;
import hv.api.host.Verdict;
import hv.hosted.HostedHost;
import hv.testkit.Deployed;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PairsTest {
    @ParameterizedTest
    @EnumSource(Vendor.class)
    @DisplayName(
            "For every pair of enlightenments, check says what building the partition does, and shows the CPUID it gets")
    void agree(Vendor vendor) throws Exception {
        try (Deployed deployed = new Deployed()) {
            Hypervisor hypervisor = deployed.hypervisor();
            List<String> flags =
                    hypervisor.enlightenments().stream().map(PairsTest::flag).toList();
            for (String one : flags) {
                for (String two : flags) {
                    agree(hypervisor, vendor, one + "," + two);
                    agree(hypervisor, vendor, one + "," + two + ",hv-enforce-cpuid");
                }
            }
        }
    }

    private static String flag(EnlightenmentDTO row) {
        return switch (row.id()) {
            case "spinlocks" -> "hv-spinlocks=0xfff";
            case "vendor-id" -> "hv-vendor-id=Somebody";
            case "version-id" -> "hv-version-id-build=7";
            default -> row.flag();
        };
    }

    private static void agree(Hypervisor hypervisor, Vendor vendor, String flags) {
        HostedHost host = HostedHost.builder().vendor(vendor).build();
        Verdict verdict = hypervisor.check(flags, host.facts());
        try (GuestPartition partition = hypervisor.create(flags, host)) {
            assertEquals(true, verdict.starts(), flags);
            assertEquals(verdict.cpuid(), partition.cpuid(), flags);
            assertEquals(verdict.flags().toString(), partition.inspect().flags(), flags);
        } catch (ConfigurationException e) {
            List<Problem> serious = verdict.problems().stream()
                    .filter(problem -> problem.severity() == Severity.WILL_NOT_START)
                    .toList();
            assertEquals(serious, e.problems(), flags);
        }
    }
}
