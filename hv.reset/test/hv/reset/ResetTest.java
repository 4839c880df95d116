package hv.reset;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.api.CpuidRegister;
import hv.api.PowerEvent;
import hv.api.enlightenment.Enlightenment;
import hv.testkit.EnlightenmentContract;
import hv.testkit.Guest;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ResetTest implements EnlightenmentContract {
    private static final int RESET = 0x4000_0003;

    @Override
    public Enlightenment enlightenment() {
        return new Reset();
    }

    private static Guest guest() {
        return Guest.with(new Reset()).flags("hv-reset,hv-enforce-cpuid").vps(2).start();
    }

    @Test
    @DisplayName(
            "TLFS Partition Privileges: hv-reset sets AccessResetReg; QEMU never recommends the MSR (0x40000004 EAX bit 4)")
    void showsThePrivilegeOnly() {
        try (Guest guest = guest()) {
            assertEquals(1 << 7 | 1 << 5, guest.cpuid().get(0x4000_0003, CpuidRegister.EAX));
            assertEquals(0, guest.cpuid().get(0x4000_0004, CpuidRegister.EAX));
        }
    }

    @Test
    @DisplayName("KVM: writing exactly 1 asks for a reset, from the VP that wrote; the register reads 0 afterwards")
    void oneAsksForReset() {
        try (Guest guest = guest()) {
            guest.wrmsr(1, RESET, 1);
            assertEquals(List.of(new PowerEvent.Reset(1)), guest.powerEvents());
            assertEquals(0, guest.rdmsr(0, RESET));
            assertEquals(0, guest.rdmsr(1, RESET));
        }
    }

    @ParameterizedTest
    @ValueSource(
            longs = {0, 2, 3, 4, 0x100, 0x1_0000_0000L, 0x1_0000_0001L, Long.MIN_VALUE, Long.MIN_VALUE | 1, -2, -1})
    @DisplayName("KVM: any other value is taken without effect, also with bit 0 set")
    void otherValuesDoNothing(long value) {
        try (Guest guest = guest()) {
            guest.wrmsr(RESET, value);
            assertEquals(List.of(), guest.powerEvents());
            assertEquals(0, guest.rdmsr(RESET));
        }
    }

    @Test
    @DisplayName("a guest that asks again and again fills nothing up")
    void repeatedResetsAreBounded() {
        try (Guest guest = guest()) {
            for (int i = 0; i < 10_000; i++) {
                guest.wrmsr(RESET, 1);
            }
            assertTrue(guest.powerEvents().size() <= 4096);
        }
    }
}
