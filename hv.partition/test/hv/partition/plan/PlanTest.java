package hv.partition.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.api.CpuidRegister;
import hv.api.CpuidTable;
import hv.api.HostFacts;
import hv.api.Problem;
import hv.api.Problem.Severity;
import hv.api.Vendor;
import hv.api.enlightenment.CpuidBits;
import hv.api.enlightenment.FlagOption;
import hv.api.enlightenment.MsrRange;
import hv.api.enlightenment.Privilege;
import hv.partition.TestEnlightenment;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("What flags come to")
class PlanTest {
    private static final HostFacts HOST = HostFacts.builder(Vendor.AMD, 2_600_000_000L, 1_000_000_000L)
            .everything()
            .build();

    private static Plan plan(String flags, TestEnlightenment... deployed) {
        return new Planner(Catalogues.of(deployed)).plan(flags, HOST);
    }

    private static List<String> reasons(Plan plan) {
        return plan.problems().stream().map(Problem::reason).toList();
    }

    @Test
    @DisplayName("QEMU names one missing flag a time; all of them come at once here, also the indirect ones")
    void shouldNameEveryMissingRequirementAtOnce() {
        Plan plan = plan(
                "hv-stimer",
                TestEnlightenment.of("stimer", "synic", "time"),
                TestEnlightenment.of("synic", "vpindex"),
                TestEnlightenment.of("time"),
                TestEnlightenment.of("vpindex"));
        assertFalse(plan.starts());
        assertEquals(
                List.of("hv-stimer requires hv-synic", "hv-stimer requires hv-vpindex", "hv-stimer requires hv-time"),
                reasons(plan));
        assertEquals("add hv-synic", plan.problems().get(0).remedy());
    }

    @Test
    void shouldSayWhenARequirementIsNotEvenDeployed() {
        Plan plan = plan("hv-stimer", TestEnlightenment.of("stimer", "synic"));
        assertEquals(List.of("hv-stimer requires hv-synic, which no deployed bundle offers"), reasons(plan));
    }

    @Test
    void shouldStartWhenEveryRequirementIsThere() {
        Plan plan = plan(
                "hv-synic,hv-vpindex,hv-enforce-cpuid",
                TestEnlightenment.of("synic", "vpindex"),
                TestEnlightenment.of("vpindex"),
                TestEnlightenment.of("time"));
        assertTrue(plan.starts());
        assertEquals(2, plan.attached().size(), "only what is promised is attached");
    }

    @Test
    @DisplayName("Without hv-enforce-cpuid every MSR that exists works, as in KVM")
    void shouldAttachEverythingDeployedWithoutEnforcement() {
        Plan plan = plan("hv-time", TestEnlightenment.of("synic", "vpindex"), TestEnlightenment.of("time"));
        assertEquals(
                List.of("time"),
                plan.attached().stream().map(e -> e.descriptor().id()).toList(),
                "synic lacks its requirement");
    }

    @Test
    @DisplayName("QEMU hyperv_enabled(): a vendor id alone announces nothing")
    void shouldAnnounceNothingForATuningFlagAlone() {
        TestEnlightenment vendor = TestEnlightenment.of(FlagOption.ofText("hv-vendor-id", false));
        assertFalse(plan("hv-vendor-id=Me", vendor).isAnnounced());
        assertEquals(CpuidTable.EMPTY, plan("hv-vendor-id=Me", vendor).cpuid());
        assertEquals(CpuidTable.EMPTY, plan("hv-enforce-cpuid").cpuid());
        assertEquals(CpuidTable.EMPTY, plan("").cpuid());
        assertTrue(plan("hv-vendor-id=Me,hv-time", vendor, TestEnlightenment.of("time"))
                .isAnnounced());
    }

    @Test
    @DisplayName("Leaves as QEMU builds them when only an EAX bit of leaf 4 is asked for (enlightenment hv-relaxed)")
    void shouldBuildTheLeavesQemuBuilds() {
        TestEnlightenment relaxed = TestEnlightenment.of("relaxed")
                .with(CpuidBits.bit(CpuidBits.LEAF_RECOMMENDATIONS, CpuidRegister.EAX, 5, "relaxed timing"));
        assertEquals(
                List.of(
                        new CpuidTable.Leaf(0x40000000, 0x40000005, 0x7263694d, 0x666f736f, 0x76482074),
                        new CpuidTable.Leaf(0x40000001, 0x31237648, 0, 0, 0),
                        new CpuidTable.Leaf(0x40000002, 0x3839, 0xa0000, 0, 0),
                        new CpuidTable.Leaf(0x40000003, 0x20, 0, 0, 0x8),
                        new CpuidTable.Leaf(0x40000004, 0x20, 0xffffffff, 0, 0),
                        new CpuidTable.Leaf(0x40000005, 0xffffffff, 0x40, 0, 0)),
                plan("hv-relaxed", relaxed).cpuid().leaves());
    }

    @Test
    @DisplayName(
            "QEMU hyperv_fill_cpuids: the highest leaf is 0x4000000A when a nested feature is on, zero leaves between")
    void shouldRaiseTheHighestLeafForNestedFeatures() {
        TestEnlightenment nested = TestEnlightenment.of("emsr-bitmap")
                .with(CpuidBits.bit(0x4000000A, CpuidRegister.EAX, 19, "enlightened MSR bitmap"));
        CpuidTable table = plan("hv-emsr-bitmap", nested).cpuid();
        assertEquals(11, table.leaves().size());
        assertEquals(0x4000000A, table.get(0x40000000, CpuidRegister.EAX));
        assertEquals(1 << 19, table.get(0x4000000A, CpuidRegister.EAX));
        assertEquals(new CpuidTable.Leaf(0x40000007, 0, 0, 0, 0), table.leaves().get(7));
    }

    @Test
    void shouldTakeTheSameBitFromTwoButRefuseDifferentValues() {
        CpuidBits hint = CpuidBits.bit(CpuidBits.LEAF_RECOMMENDATIONS, CpuidRegister.EAX, 11, "ExProcessorMasks");
        TestEnlightenment flush = TestEnlightenment.of("tlbflush").with(hint);
        TestEnlightenment ipi = TestEnlightenment.of("ipi").with(hint);
        assertTrue(plan("hv-ipi,hv-tlbflush", flush, ipi).starts());
        TestEnlightenment contrary = TestEnlightenment.of("ipi")
                .with(new CpuidBits(CpuidBits.LEAF_RECOMMENDATIONS, CpuidRegister.EAX, 1 << 11, 0, "no masks"));
        assertFalse(plan("hv-ipi,hv-tlbflush", flush, contrary).starts());
    }

    @Test
    void shouldRefuseTwoOwnersOfOneMsr() {
        MsrRange msr = MsrRange.of(0x40000020, "X", MsrRange.Access.READ_ONLY, Privilege.NONE);
        Plan plan = plan(
                "hv-a,hv-b",
                TestEnlightenment.of("a").with(msr),
                TestEnlightenment.of("b").with(msr));
        assertEquals(List.of("a and b both claim X"), reasons(plan));
    }

    @Test
    void shouldPutTheWorstProblemFirst() {
        TestEnlightenment talkative = TestEnlightenment.of("a").withCheck(problems -> {
            problems.accept(new Problem(Severity.NOTE, "hv-a", "a note", ""));
            problems.accept(new Problem(Severity.WILL_NOT_START, "hv-a", "a stop", ""));
        });
        assertEquals(List.of("a stop", "a note"), reasons(plan("hv-a", talkative)));
    }

    @Test
    @DisplayName(
            "QEMU hv-passthrough: everything the host can, printed, not to be migrated; what is given besides wins")
    void shouldTakePassthroughForEverythingTheHostCan() {
        TestEnlightenment spinlocks = TestEnlightenment.of(
                FlagOption.ofNumber("hv-spinlocks", 0xFFFF_FFFFL, true).usually("0xfff"));
        TestEnlightenment vendor = TestEnlightenment.of(FlagOption.ofText("hv-vendor-id", false));
        TestEnlightenment impossible = TestEnlightenment.of("evmcs")
                .withCheck(problems ->
                        problems.accept(new Problem(Severity.WILL_NOT_START, "hv-evmcs", "no VMX here", "")));
        TestEnlightenment dependent = TestEnlightenment.of("nested", "evmcs");
        TestEnlightenment[] deployed = {TestEnlightenment.of("time"), spinlocks, vendor, impossible, dependent};
        Plan plan = plan("host,hv-passthrough", deployed);
        assertTrue(plan.starts());
        assertEquals(Set.of("time", "spinlocks"), plan.configuration().enabled());
        assertEquals(0xFFF, plan.configuration().number("hv-spinlocks").orElseThrow());
        assertEquals(
                List.of(
                        "'hv-passthrough' CPU flag prevents migration",
                        "hv-passthrough stands for what this host can: hv-spinlocks=0xfff,hv-time"),
                reasons(plan));
        Plan less = plan("hv-passthrough,hv-time=off,hv-spinlocks=7", deployed);
        assertEquals(Set.of("spinlocks"), less.configuration().enabled());
        assertEquals(7, less.configuration().number("hv-spinlocks").orElseThrow());
    }

    @Test
    @DisplayName("x-hv-max-vps sets 0x40000005.EAX")
    void shouldShowTheLimitOfVps() {
        assertEquals(
                240,
                plan("hv-a,x-hv-max-vps=240", TestEnlightenment.of("a")).cpuid().get(0x40000005, CpuidRegister.EAX));
    }
}
