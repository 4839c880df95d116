package hv.reenlightenment;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.api.SavedState;
import hv.api.enlightenment.ReferenceClock;
import hv.frequencies.Frequencies;
import hv.hosted.HostedHost;
import hv.hosted.Interrupt;
import hv.testkit.Guest;
import hv.time.Time;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("TLFS Reenlightenment: the TSC gets another frequency")
class TscChangeTest {
    private static final int TIME_REF_COUNT = 0x4000_0020;
    private static final int REFERENCE_TSC = 0x4000_0021;
    private static final int TSC_FREQUENCY = 0x4000_0022;
    private static final int REENLIGHTENMENT_CONTROL = 0x4000_0106;
    private static final int TSC_EMULATION_CONTROL = 0x4000_0107;
    private static final int TSC_EMULATION_STATUS = 0x4000_0108;

    private static final long PAGE = 0x6000;
    private static final long NOTIFY_VP_1_BY_0X31 = 0x1_0001_0031L;
    private static final long OLD_HZ = 2_000_000_000L;
    private static final long NEW_HZ = 3_000_000_000L;

    private HostedHost host;
    private Guest guest;

    @BeforeEach
    void begin() {
        host = host(OLD_HZ);
        guest = guest(host);
        guest.advance100ns(1_000);
        guest.wrmsr(REFERENCE_TSC, PAGE | 1);
    }

    @AfterEach
    void end() {
        guest.close();
    }

    private static HostedHost host(long tscHz) {
        return HostedHost.builder().memoryBytes(1 << 20).tscFrequencyHz(tscHz).build();
    }

    private static Guest guest(HostedHost host) {
        return Guest.with(new Time(), new Frequencies(), new Reenlightenment())
                .flags("hv-time,hv-frequencies,hv-reenlightenment,hv-enforce-cpuid")
                .vps(2)
                .host(host)
                .start();
    }

    private void changeFrequency() {
        host.setTscFrequency(NEW_HZ);
        guest.partition().tscFrequencyChanged(NEW_HZ);
    }

    private int sequence() {
        return guest.memory().getInt(PAGE);
    }

    private static long pageTime(Guest guest) {
        return ReferenceClock.scaled(guest.host().guestTsc(), guest.memory().getLong(PAGE + 8))
                + guest.memory().getLong(PAGE + 16);
    }

    /** 1,500 units of 100 ns on a counter of 3 GHz, or so. */
    private void letTicksPass(long ticks) {
        host.advanceGuestTsc(ticks);
    }

    @Test
    @DisplayName(
            "a guest that asked for nothing finds the page rewritten; time does not jump and runs at the new frequency")
    void bendsTheClock() {
        changeFrequency();
        assertEquals(1_000, guest.rdmsr(TIME_REF_COUNT));
        assertEquals(2, sequence());
        assertEquals(1_000, pageTime(guest));
        assertEquals(NEW_HZ, guest.rdmsr(TSC_FREQUENCY));
        letTicksPass(NEW_HZ / 1_000);
        assertEquals(11_000, guest.rdmsr(TIME_REF_COUNT), 1);
        assertEquals(guest.rdmsr(TIME_REF_COUNT), pageTime(guest));
        assertEquals(List.of(), guest.takeInterrupts());
        assertEquals(0, guest.rdmsr(TSC_EMULATION_STATUS));
    }

    @Test
    @DisplayName("with notifications enabled the target VP gets the vector")
    void interruptsTheTarget() {
        guest.wrmsr(REENLIGHTENMENT_CONTROL, NOTIFY_VP_1_BY_0X31);
        changeFrequency();
        assertEquals(List.of(new Interrupt(1, 0x31)), guest.takeInterrupts());
    }

    @Test
    @DisplayName("a target that does not exist, a vector below 16 and the enable bit clear: no interrupt")
    void ignoresImpossibleTargets() {
        long hz = NEW_HZ;
        for (long control : new long[] {0x2_0001_0031L, 0xFFFF_FFFF_0001_0031L, 0x1_000F, 0x31}) {
            guest.wrmsr(REENLIGHTENMENT_CONTROL, control);
            guest.partition().tscFrequencyChanged(++hz);
            assertEquals(List.of(), guest.takeInterrupts());
        }
    }

    @Test
    @DisplayName(
            "with emulation enabled TSC and page stay as they are, status reads 1, and TSC_FREQUENCY shows what is to come")
    void keepsTheOldFrequency() {
        guest.wrmsr(REENLIGHTENMENT_CONTROL, NOTIFY_VP_1_BY_0X31);
        guest.wrmsr(TSC_EMULATION_CONTROL, 1);
        String page = guest.peek(PAGE, 24);
        changeFrequency();
        assertEquals(List.of(new Interrupt(1, 0x31)), guest.takeInterrupts());
        assertEquals(1, guest.rdmsr(TSC_EMULATION_STATUS));
        assertEquals(page, guest.peek(PAGE, 24));
        assertEquals(NEW_HZ, guest.rdmsr(TSC_FREQUENCY));
        letTicksPass(OLD_HZ / 1_000);
        assertEquals(11_000, guest.rdmsr(TIME_REF_COUNT));
    }

    @Test
    @DisplayName("emulation ends when any VP writes 0 to the status: new frequency, new page, same time; once")
    void endsEmulation() {
        guest.wrmsr(TSC_EMULATION_CONTROL, 1);
        changeFrequency();
        letTicksPass(OLD_HZ / 1_000);
        guest.wrmsr(1, TSC_EMULATION_STATUS, 0);
        assertEquals(0, guest.rdmsr(TSC_EMULATION_STATUS));
        assertEquals(2, sequence());
        assertEquals(11_000, guest.rdmsr(TIME_REF_COUNT));
        assertEquals(11_000, pageTime(guest));
        letTicksPass(NEW_HZ / 1_000);
        assertEquals(21_000, guest.rdmsr(TIME_REF_COUNT), 1);
        guest.wrmsr(TSC_EMULATION_STATUS, 0);
        assertEquals(2, sequence());
    }

    @Test
    @DisplayName("a reset ends emulation")
    void resetEndsEmulation() {
        guest.wrmsr(TSC_EMULATION_CONTROL, 1);
        changeFrequency();
        guest.partition().reset();
        assertEquals(1_000, guest.rdmsr(TIME_REF_COUNT));
        letTicksPass(NEW_HZ / 1_000);
        assertEquals(11_000, guest.rdmsr(TIME_REF_COUNT), 1);
        assertEquals(0, guest.rdmsr(TSC_EMULATION_STATUS));
    }

    @Test
    @DisplayName("a second change before the guest is ready leaves it where it was, and going back ends it")
    void changesTwice() {
        guest.wrmsr(TSC_EMULATION_CONTROL, 1);
        changeFrequency();
        host.setTscFrequency(NEW_HZ + 1);
        guest.partition().tscFrequencyChanged(NEW_HZ + 1);
        letTicksPass(OLD_HZ / 1_000);
        assertEquals(11_000, guest.rdmsr(TIME_REF_COUNT));
        assertEquals(1, sequence());
        host.setTscFrequency(OLD_HZ);
        guest.partition().tscFrequencyChanged(OLD_HZ);
        guest.wrmsr(TSC_EMULATION_STATUS, 0);
        letTicksPass(OLD_HZ / 1_000);
        assertEquals(21_000, guest.rdmsr(TIME_REF_COUNT));
        assertEquals(1, sequence());
    }

    private Guest moveTo(long tscHz) {
        SavedState saved = guest.save();
        HostedHost target = host(tscHz);
        target.setGuestTsc(host.guestTsc());
        Guest moved = guest(target);
        moved.copyMemory(guest);
        moved.restore(saved);
        return moved;
    }

    @Test
    @DisplayName("a guest restored on a host of another frequency is kept at its own until it is ready")
    void keepsTheOldFrequencyAfterAMove() {
        guest.wrmsr(REENLIGHTENMENT_CONTROL, NOTIFY_VP_1_BY_0X31);
        guest.wrmsr(TSC_EMULATION_CONTROL, 1);
        try (Guest moved = moveTo(NEW_HZ)) {
            assertEquals(List.of(new Interrupt(1, 0x31)), moved.takeInterrupts());
            assertEquals(1, moved.rdmsr(TSC_EMULATION_STATUS));
            assertEquals(NEW_HZ, moved.rdmsr(TSC_FREQUENCY));
            moved.host().advanceGuestTsc(OLD_HZ / 1_000);
            assertEquals(11_000, moved.rdmsr(TIME_REF_COUNT), 1);
            assertEquals(moved.rdmsr(TIME_REF_COUNT), pageTime(moved));
            moved.wrmsr(TSC_EMULATION_STATUS, 0);
            moved.host().advanceGuestTsc(NEW_HZ / 1_000);
            assertEquals(21_000, moved.rdmsr(TIME_REF_COUNT), 2);
            assertEquals(moved.rdmsr(TIME_REF_COUNT), pageTime(moved));
        }
    }

    @Test
    @DisplayName("a guest that is saved while it is kept at its old frequency, and goes home, has it for good")
    void comesHome() {
        guest.wrmsr(TSC_EMULATION_CONTROL, 1);
        try (Guest away = moveTo(NEW_HZ)) {
            SavedState saved = away.save();
            host.setGuestTsc(away.host().guestTsc());
            guest.restore(saved);
            assertEquals(1, guest.rdmsr(TSC_EMULATION_STATUS));
            guest.wrmsr(TSC_EMULATION_STATUS, 0);
            letTicksPass(OLD_HZ / 1_000);
            assertEquals(11_000, guest.rdmsr(TIME_REF_COUNT), 1);
        }
    }

    @Test
    @DisplayName("a guest restored on a host of the same frequency notices nothing")
    void movesUnnoticed() {
        guest.wrmsr(REENLIGHTENMENT_CONTROL, NOTIFY_VP_1_BY_0X31);
        guest.wrmsr(TSC_EMULATION_CONTROL, 1);
        try (Guest moved = moveTo(OLD_HZ)) {
            assertEquals(List.of(), moved.takeInterrupts());
            assertEquals(0, moved.rdmsr(TSC_EMULATION_STATUS));
            assertEquals(1_000, moved.rdmsr(TIME_REF_COUNT));
        }
    }

    @Test
    @DisplayName("an impossible frequency is refused")
    void refusesImpossibleFrequencies() {
        for (long hz : new long[] {0, -1, 10_000_000, Long.MAX_VALUE}) {
            IllegalArgumentException refusal = org.junit.jupiter.api.Assertions.assertThrows(
                    IllegalArgumentException.class, () -> guest.partition().tscFrequencyChanged(hz));
            assertTrue(refusal.getMessage().contains("Hz"));
        }
        assertNotEquals(0, sequence());
    }
}
