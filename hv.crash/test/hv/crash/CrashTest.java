package hv.crash;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.api.CpuidRegister;
import hv.api.CrashReport;
import hv.api.PowerEvent;
import hv.api.SavedState;
import hv.api.enlightenment.Enlightenment;
import hv.testkit.EnlightenmentContract;
import hv.testkit.Guest;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CrashTest implements EnlightenmentContract {
    private static final int P0 = 0x4000_0100;
    private static final int P4 = 0x4000_0104;
    private static final int CTL = 0x4000_0105;
    private static final long NOTIFY = 1L << 63;
    private static final long MESSAGE = 1L << 62;

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
                            PowerEvent.Crash.class, guest.powerEvents().get(0))
                    .report();
            assertEquals(guest.partition().id(), report.partition());
            assertEquals(1, report.vp());
            assertEquals("(0xa0 0xa1 0xa2 0xa3 0xa4)", report.parameters());
            assertEquals(NOTIFY, guest.rdmsr(CTL));
        }
    }

    private static String message(Guest guest, long gpa, long bytes, long control) {
        guest.wrmsr(P0 + 3, gpa);
        guest.wrmsr(P4, bytes);
        guest.wrmsr(CTL, control);
        return assertInstanceOf(
                        PowerEvent.Crash.class,
                        guest.powerEvents().get(guest.powerEvents().size() - 1))
                .report()
                .message();
    }

    @Test
    @DisplayName("TLFS Partition Crash Enlightenment: with bits 63 and 62 the text at P3, P4 bytes long, is reported")
    void message() {
        try (Guest guest = guest()) {
            byte[] text = "[ 1.5] Kernel panic\n\u001b[2J\ttext\0rest".getBytes(StandardCharsets.ISO_8859_1);
            guest.memory().write(0x3000, text, 0, text.length);
            assertEquals("[ 1.5] Kernel panic\n?[2J\ttext", message(guest, 0x3000, text.length, NOTIFY | MESSAGE));
            assertEquals("[ 1.5]", message(guest, 0x3000, 6, NOTIFY | MESSAGE));
            assertEquals("", message(guest, 0x3000, 6, NOTIFY), "it was not said that there is one");
        }
    }

    @ParameterizedTest
    @CsvSource({"0x3000,0", "0x3000,4097", "0x3000,-1", "-1,16", "0x7FFFFFFFFFFFFFFF,16", "-4096,4096"})
    @DisplayName("A message that is empty, longer than a page or not in RAM is none; the crash is reported")
    void noMessage(long gpa, long bytes) {
        try (Guest guest = guest()) {
            assertEquals("", message(guest, gpa, bytes, NOTIFY | MESSAGE));
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
