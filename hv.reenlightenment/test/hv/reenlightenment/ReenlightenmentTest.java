package hv.reenlightenment;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.api.CpuidRegister;
import hv.api.HostFacts;
import hv.api.Problem;
import hv.api.Vendor;
import hv.api.enlightenment.Enlightenment;
import hv.api.host.Hypervisor;
import hv.partition.PartitionService;
import hv.testkit.EnlightenmentContract;
import hv.testkit.Guest;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReenlightenmentTest implements EnlightenmentContract {
    private static final int REENLIGHTENMENT_CONTROL = 0x4000_0106;
    private static final int TSC_EMULATION_CONTROL = 0x4000_0107;
    private static final int TSC_EMULATION_STATUS = 0x4000_0108;
    private static final int TSC_INVARIANT_CONTROL = 0x4000_0118;

    @Override
    public Enlightenment enlightenment() {
        return new Reenlightenment();
    }

    /** Those that hv-reenlightenment promises; the fourth has tests of its own. */
    @Override
    public int[] declaredMsrs() {
        return IntStream.rangeClosed(REENLIGHTENMENT_CONTROL, TSC_EMULATION_STATUS)
                .toArray();
    }

    @Test
    @DisplayName("QEMU: hv-reenlightenment sets bit 13 of leaf 0x40000003 EAX")
    void showsTheBit() {
        try (Guest guest = start("hv-reenlightenment")) {
            assertEquals(1 << 13 | 1 << 5, guest.cpuid().get(0x4000_0003, CpuidRegister.EAX));
        }
    }

    @Test
    @DisplayName(
            "QEMU refuses to take in a moved guest whose TSC frequency was not fixed; our own hosts tell the guest")
    void frequencyOfAMovedGuest() {
        Hypervisor hypervisor = PartitionService.of(List.of(enlightenment()));
        HostFacts qemu =
                HostFacts.builder(Vendor.INTEL, 2_600_000_000L, 1_000_000_000L).build();
        HostFacts ours = qemu.toBuilder().anyTscFrequency(true).build();
        assertEquals(List.of(), blockers(hypervisor, "hv-reenlightenment", ours));
        assertEquals(List.of("tsc-frequency=2600000000"), blockers(hypervisor, "hv-reenlightenment", qemu));
        assertEquals(List.of(), blockers(hypervisor, "host,tsc-frequency=2600000000,hv-reenlightenment", qemu));
    }

    /** What would let the guest be moved. */
    private static List<String> blockers(Hypervisor hypervisor, String flags, HostFacts host) {
        return hypervisor.check(flags, host).problems().stream()
                .filter(problem -> problem.severity() == Problem.Severity.BLOCKS_MIGRATION)
                .map(Problem::change)
                .toList();
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 2, 0x1_0031, 0x1_0001_0031L, 0xFF00, Long.MIN_VALUE, -1})
    @DisplayName("KVM: both controls take any value and are one register for all VPs; nothing happens on the write")
    void controlsTakeAnything(long value) {
        try (Guest guest = guest("hv-enforce-cpuid")) {
            guest.wrmsr(1, REENLIGHTENMENT_CONTROL, value);
            guest.wrmsr(1, TSC_EMULATION_CONTROL, value);
            assertEquals(value, guest.rdmsr(REENLIGHTENMENT_CONTROL));
            assertEquals(value, guest.rdmsr(TSC_EMULATION_CONTROL));
            assertTrue(guest.takeInterrupts().isEmpty());
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 0x1_0000, Long.MIN_VALUE, -1})
    @DisplayName("KVM: TSC_EMULATION_STATUS takes 0 from a guest; anything else is #GP")
    void statusTakesZero(long value) {
        try (Guest guest = guest("hv-enforce-cpuid")) {
            assertTrue(guest.wrmsrFaults(TSC_EMULATION_STATUS, value));
            guest.wrmsr(TSC_EMULATION_STATUS, 0);
            assertEquals(0, guest.rdmsr(TSC_EMULATION_STATUS));
        }
    }

    @Test
    @DisplayName("KVM (6.2 and later): TSC_INVARIANT_CONTROL takes 0, then 1, then 1 only; other bits are #GP")
    void invariantTscStaysExposed() {
        try (Guest guest = guestWithout("")) {
            guest.wrmsr(TSC_INVARIANT_CONTROL, 0);
            for (long bad : new long[] {2, 3, 1L << 32, Long.MIN_VALUE, -1}) {
                assertTrue(guest.wrmsrFaults(TSC_INVARIANT_CONTROL, bad));
            }
            assertEquals(0, guest.rdmsr(TSC_INVARIANT_CONTROL));
            guest.wrmsr(TSC_INVARIANT_CONTROL, 1);
            guest.wrmsr(1, TSC_INVARIANT_CONTROL, 1);
            assertTrue(guest.wrmsrFaults(TSC_INVARIANT_CONTROL, 0));
            assertEquals(1, guest.rdmsr(1, TSC_INVARIANT_CONTROL));
            guest.partition().reset();
            assertEquals(0, guest.rdmsr(TSC_INVARIANT_CONTROL));
        }
    }

    @Test
    @DisplayName(
            "KVM: TSC_INVARIANT_CONTROL needs EAX bit 15 of leaf 0x40000003, which no flag sets: #GP when enforced")
    void invariantTscIsClosedWhenEnforced() {
        try (Guest guest = guest("hv-enforce-cpuid")) {
            assertTrue(guest.rdmsrFaults(TSC_INVARIANT_CONTROL));
            assertTrue(guest.wrmsrFaults(TSC_INVARIANT_CONTROL, 0));
        }
    }
}
