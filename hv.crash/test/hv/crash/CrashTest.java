package hv.crash;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.api.CpuidRegister;
import hv.api.Enlightenment;
import hv.api.SavedState;
import hv.api.host.CrashReport;
import hv.api.host.PowerEvent;
import hv.testkit.EnlightenmentContract;
import hv.testkit.Guest;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CrashTest implements EnlightenmentContract {
    private static final int P0 = 0x4000_0100;
    private static final int P4 = 0x4000_0104;
    private static final int CTL = 0x4000_0105;
    private static final long NOTIFY = 1L << 63;

    @Override
    public Enlightenment enlightenment() {
        return new Crash();
    }

    private static Guest guest() {
        return Guest.with(new Crash()).flags("hv-crash,hv-enforce-cpuid").vps(2).start();
    }

    @Test
    @DisplayName("TLFS Feature Identification: hv-crash sets leaf 0x40000003 EDX bit 10")
    void showsTheBit() {
        try (Guest guest = guest()) {
            assertTrue((guest.cpuid().get(0x4000_0003, CpuidRegister.EDX) & 1 << 10) != 0);
        }
    }

    @Test
    @DisplayName("TLFS Partition Crash Enlightenment: P0 to P4 hold any value, and every VP sees the same")
    void parametersArePartitionWide() {
        try (Guest guest = guest()) {
            for (int msr = P0; msr <= P4; msr++) {
                assertEquals(0, guest.rdmsr(msr));
                guest.wrmsr(0, msr, 0x1111_1111_1111_1111L * (msr - P0 + 1));
                assertEquals(0x1111_1111_1111_1111L * (msr - P0 + 1), guest.rdmsr(1, msr));
                guest.wrmsr(1, msr, ~(msr - P0));
            }
            for (int msr = P0; msr <= P4; msr++) {
                assertEquals(~(msr - P0), guest.rdmsr(0, msr));
            }
            assertEquals(List.of(), guest.powerEvents());
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 1L << 62, 0x1C00_0000_0000_0000L, Long.MAX_VALUE})
    @DisplayName("KVM: CTL without bit 63 does nothing, is not stored, and reads as bit 63 alone")
    void controlWithoutNotifyDoesNothing(long value) {
        try (Guest guest = guest()) {
            guest.wrmsr(CTL, value);
            assertEquals(NOTIFY, guest.rdmsr(0, CTL));
            assertEquals(NOTIFY, guest.rdmsr(1, CTL));
            assertEquals(List.of(), guest.powerEvents());
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {NOTIFY, NOTIFY | 1L << 62, -1, 0xA000_0000_0000_0000L})
    @DisplayName("KVM: CTL with bit 63 reports the five parameters, whatever the other bits are, and is not stored")
    void controlWithNotifyReports(long value) {
        try (Guest guest = guest()) {
            for (int i = 0; i < 5; i++) {
                guest.wrmsr(0, P0 + i, 0xA0 + i);
            }
            guest.wrmsr(1, CTL, value);
            assertEquals(1, guest.powerEvents().size());
            CrashReport report = assertInstanceOf(
                            PowerEvent.Crash.class, guest.powerEvents().getFirst())
                    .report();
            assertEquals(guest.partition().id(), report.partition());
            assertEquals(1, report.vp());
            assertEquals("(0xa0 0xa1 0xa2 0xa3 0xa4)", report.parameters());
            assertEquals(NOTIFY, guest.rdmsr(CTL));
        }
    }

    @Test
    @DisplayName("the guest goes on after its report: the parameters are still there, and it may report again")
    void guestGoesOn() {
        try (Guest guest = guest()) {
            guest.wrmsr(P0, 0x0A);
            guest.wrmsr(CTL, NOTIFY);
            assertEquals(0x0A, guest.rdmsr(P0));
            guest.wrmsr(CTL, NOTIFY);
            assertEquals(2, guest.powerEvents().size());
        }
    }

    @Test
    @DisplayName("the five parameters are saved under their TLFS names; the control register has nothing to save")
    void savesFiveRegisters() {
        try (Guest guest = guest()) {
            guest.wrmsr(P4, -1);
            SavedState.Section section = guest.save().sections().stream()
                    .filter(s -> s.id().equals("crash"))
                    .findFirst()
                    .orElseThrow();
            assertEquals(SavedState.PARTITION, section.vp());
            assertEquals(
                    List.of(
                            "HV_X64_MSR_CRASH_P0",
                            "HV_X64_MSR_CRASH_P1",
                            "HV_X64_MSR_CRASH_P2",
                            "HV_X64_MSR_CRASH_P3",
                            "HV_X64_MSR_CRASH_P4"),
                    List.copyOf(section.values().keySet()));
            assertEquals(-1, section.values().get("HV_X64_MSR_CRASH_P4"));
        }
    }
}
