package hv.stimer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.api.CpuidRegister;
import hv.api.enlightenment.Enlightenment;
import hv.synic.Synic;
import hv.testkit.EnlightenmentContract;
import hv.testkit.Guest;
import hv.time.Time;
import hv.vpindex.VpIndex;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("Registers of the synthetic timers")
class SyntheticTimersTest implements EnlightenmentContract {
    private static final long FAR = 1L << 56;

    @Override
    public Enlightenment enlightenment() {
        return new SyntheticTimers();
    }

    @Override
    public List<Enlightenment> required() {
        return List.of(new VpIndex(), new Time(), new Synic());
    }

    @Test
    @DisplayName("TLFS Partition Privileges: hv-stimer sets AccessSyntheticTimerRegs, leaf 0x40000003 EAX bit 3")
    void showsThePrivilege() {
        try (Guest guest = guest("")) {
            assertEquals(1 << 3, guest.cpuid().get(0x4000_0003, CpuidRegister.EAX) & 1 << 3);
            assertEquals(0, guest.cpuid().get(0x4000_0003, CpuidRegister.EDX) & 1 << 19);
        }
    }

    @Test
    @DisplayName("KVM: all registers are 0 at first; COUNT keeps any value and reads as written, not as what remains")
    void countReadsAsWritten() {
        try (Timers timers = new Timers()) {
            for (int timer = 0; timer < 4; timer++) {
                assertEquals(0, timers.config(timer));
                assertEquals(0, timers.count(timer));
                for (long count : new long[] {1, FAR, -1, Long.MIN_VALUE, 0}) {
                    timers.count(timer, count);
                    timers.advance(7);
                    assertEquals(count, timers.count(timer));
                    assertEquals(0, timers.config(timer));
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {0x10001, 0xE001, 0xFFFF_FFFF_FFFF_1FF0L, 0xFFFF_FFFF_FFF0_E007L, 1})
    @DisplayName(
            "KVM: CONFIG keeps every bit, reserved ones too; Enable stays with SINTx 0 if the timer was not enabled before")
    void configKeepsEveryBit(long value) {
        try (Timers timers = new Timers()) {
            timers.start(0, FAR, value);
            assertEquals(value, timers.config(0));
        }
    }

    @Test
    @DisplayName(
            "KVM stimer_set_config: an enabled timer that is given SINTx 0 without DirectMode loses Enable, and nothing else")
    void enabledTimerLosesEnableOnSintZero() {
        try (Timers timers = new Timers()) {
            timers.start(0, FAR, 0x10001);
            timers.config(0, 0xB);
            assertEquals(0xA, timers.config(0));
            timers.config(0, 0xB);
            assertEquals(0xB, timers.config(0), "it was not enabled any more");
            timers.config(0, 0x1301);
            assertEquals(0x1301, timers.config(0), "DirectMode needs no SINT");
            timers.config(0, 0x20001);
            assertEquals(0x20001, timers.config(0));
        }
    }

    @Test
    @DisplayName(
            "TLFS Synthetic Timer Count: 0 clears Enable; another count sets it if AutoEnable is set, and only then")
    void countStartsAndStops() {
        try (Timers timers = new Timers()) {
            timers.config(1, 0x30008);
            assertEquals(0x30008, timers.config(1));
            timers.count(1, FAR);
            assertEquals(0x30009, timers.config(1));
            timers.count(1, FAR + 1);
            assertEquals(0x30009, timers.config(1));
            timers.count(1, 0);
            assertEquals(0x30008, timers.config(1));
            timers.config(1, 0x30000);
            timers.count(1, FAR);
            assertEquals(0x30000, timers.config(1));
        }
    }

    @Test
    @DisplayName("KVM: Enable with a count of 0 is kept and does nothing")
    void enableWithoutCount() {
        try (Timers timers = new Timers()) {
            timers.config(0, 0x10001);
            timers.advance(FAR);
            assertEquals(0x10001, timers.config(0));
            assertEquals(List.of(), timers.vectors());
        }
    }

    @Test
    @DisplayName(
            "KVM stimer_set_config: DirectMode without hv-stimer-direct is #GP where CPUID is enforced; nothing has changed")
    void directModeNeedsItsPromise() {
        try (Timers timers = new Timers("hv-stimer,hv-synic,hv-time,hv-vpindex,hv-enforce-cpuid")) {
            timers.start(0, FAR, 0x10001);
            assertTrue(timers.guest.wrmsrFaults(Timers.CONFIG0, 0x1301));
            assertEquals(0x10001, timers.config(0));
        }
    }

    @Test
    @DisplayName("KVM: without a promised hv-synic, and CPUID not enforced, timers read 0 and writes are #GP")
    void needsAnActiveController() {
        try (Guest guest = guestWithout("")) {
            for (int msr : declaredMsrs()) {
                assertEquals(0, guest.rdmsr(msr));
                assertTrue(guest.wrmsrFaults(msr, 0));
                assertTrue(guest.wrmsrFaults(msr, 1));
            }
        }
    }

    @Test
    @DisplayName("KVM: with hv-synic promised and CPUID not enforced, timers work without hv-stimer")
    void worksUnpromisedWithAnActiveController() {
        try (Timers timers = new Timers("hv-synic,hv-vpindex")) {
            timers.start(0, 1, 0x10001);
            assertEquals(List.of(0x51), timers.vectors());
        }
    }

    @Test
    @DisplayName("the timers of a VP are its own")
    void vpsAreSeparate() {
        try (Timers timers = new Timers()) {
            timers.guest.wrmsr(1, Timers.COUNT0, FAR);
            timers.guest.wrmsr(1, Timers.CONFIG0, 0x1441);
            assertEquals(0, timers.config(0));
            timers.guest.wrmsr(1, Timers.COUNT0, 1);
            assertEquals(1, timers.guest.takeInterrupts().get(0).vp());
        }
    }
}
