package hv.itest.flags;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.api.Flags;
import hv.api.HostFacts;
import hv.api.Problem;
import hv.api.Problem.Severity;
import hv.api.Vendor;
import hv.api.dto.EnlightenmentDTO;
import hv.api.host.Hypervisor;
import hv.api.host.Profile;
import hv.testkit.Deployed;
import java.io.IOException;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The named sets of flags, with everything that is shipped. */
class ProfilesTest {
    private Deployed deployed;

    @BeforeEach
    void deploy() throws IOException {
        deployed = new Deployed();
    }

    @AfterEach
    void close() throws IOException {
        deployed.close();
    }

    private static HostFacts qemu(Vendor vendor) {
        return HostFacts.builder(vendor, 2_600_000_000L, 1_000_000_000L)
                .everything()
                .anyTscFrequency(false)
                .build();
    }

    private Profile profile(String name, Vendor vendor) {
        return deployed.hypervisor().profiles(qemu(vendor)).stream()
                .filter(profile -> profile.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static List<String> flags(Profile profile) {
        return profile.flags().words().stream().map(Flags.Word::toString).toList();
    }

    @ParameterizedTest
    @EnumSource(Vendor.class)
    @DisplayName("Every profile starts without anything serious, and gives a reason for every enlightenment, in or out")
    void allAreFine(Vendor vendor) {
        Hypervisor hypervisor = deployed.hypervisor();
        List<Profile> profiles = hypervisor.profiles(qemu(vendor));
        assertEquals(
                List.of("recommended", "windows", "windows-nested", "linux", "migratable", "minimal"),
                profiles.stream().map(Profile::name).toList());
        for (Profile profile : profiles) {
            List<Problem> problems =
                    hypervisor.check(profile.flags(), qemu(vendor)).problems();
            assertTrue(
                    problems.stream()
                            .noneMatch(problem -> problem.severity().compareTo(Severity.GUEST_MISBEHAVES) <= 0),
                    () -> profile.name() + problems);
            assertEquals(
                    hypervisor.enlightenments().stream()
                            .map(EnlightenmentDTO::flag)
                            .sorted()
                            .toList(),
                    profile.reasons().stream()
                            .map(Profile.Reason::flag)
                            .sorted()
                            .toList());
            assertTrue(
                    profile.reasons().stream().noneMatch(reason -> reason.why().isBlank()));
            assertEquals(
                    flags(profile).size(),
                    profile.reasons().stream().filter(Profile.Reason::isTaken).count());
        }
    }

    @ParameterizedTest
    @EnumSource(Vendor.class)
    @DisplayName("recommended and migratable let the guest be moved; migratable is the same on a host of any maker")
    void movable(Vendor vendor) {
        for (String name : List.of("recommended", "migratable")) {
            List<Problem> problems = deployed.hypervisor()
                    .check(profile(name, vendor).flags(), qemu(vendor))
                    .problems();
            assertTrue(
                    problems.stream().noneMatch(problem -> problem.severity() == Severity.BLOCKS_MIGRATION),
                    problems::toString);
        }
        assertEquals(
                profile("migratable", Vendor.INTEL).flags(),
                profile("migratable", vendor).flags());
    }

    @Test
    @DisplayName("hv-evmcs is Intel's, and only a guest that is a hypervisor itself has use for it")
    void nested() {
        assertTrue(flags(profile("windows-nested", Vendor.INTEL)).contains("hv-evmcs"));
        assertFalse(flags(profile("windows-nested", Vendor.AMD)).contains("hv-evmcs"));
        assertFalse(flags(profile("windows", Vendor.INTEL)).contains("hv-evmcs"));
        assertFalse(flags(profile("migratable", Vendor.INTEL)).contains("hv-evmcs"));
    }

    @Test
    @DisplayName(
            "minimal: what keeps an idle guest idle (hv-stimer and what it requires) and a late one calm (hv-relaxed)")
    void minimal() {
        assertEquals(
                new TreeSet<>(List.of("hv-relaxed", "hv-stimer", "hv-synic", "hv-time", "hv-vapic", "hv-vpindex")),
                new TreeSet<>(flags(profile("minimal", Vendor.INTEL))));
    }

    @Test
    @DisplayName("What is for a debugger, for special guests or depends on how VPs are placed is in no profile")
    void special() {
        for (Profile profile : deployed.hypervisor().profiles(qemu(Vendor.INTEL))) {
            for (String flag : List.of("hv-syndbg", "hv-vendor-id", "hv-no-nonarch-coresharing", "hv-passthrough")) {
                assertFalse(profile.flags().find(flag).isPresent(), profile.name());
            }
        }
    }
}
