package hv.stimer;

import static hv.stimer.Timers.AUTO_ENABLE;
import static hv.stimer.Timers.DIRECT;
import static hv.stimer.Timers.ENABLE;
import static hv.stimer.Timers.LAZY;
import static hv.stimer.Timers.PERIODIC;
import static hv.stimer.Timers.sint;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("Expiry of synthetic timers")
class ExpiryTest {
    private static final int TIMER_EXPIRED = 0x8000_0010;

    private final Timers timers = new Timers();

    @AfterEach
    void close() {
        timers.close();
    }

    @Test
    @DisplayName("KVM: a one-shot timer whose time is past expires before the write ends, and clears Enable")
    void pastTimeExpiresAtOnce() {
        timers.guest.memory().putLong(Timers.slot(2) + 40, -1);
        timers.start(3, 7, sint(2) | ENABLE);
        assertEquals(sint(2), timers.config(3));
        assertEquals(7, timers.count(3));
        assertEquals(
                "1000008018000000" + "0000000000000000" + "0300000000000000" + "0700000000000000" + "e803000000000000"
                        + "ffffffffffffffff",
                timers.guest.peek(Timers.slot(2), 48));
        assertEquals(List.of(0x52), timers.vectors());
    }

    @Test
    @DisplayName("TLFS: a one-shot timer expires at its time, not one unit before, once")
    void neverEarly() {
        long due = timers.now() + 50;
        timers.start(0, due, sint(1) | ENABLE);
        timers.advance(49);
        assertEquals(List.of(), timers.vectors());
        assertEquals(sint(1) | ENABLE, timers.config(0));
        timers.advance(1);
        assertEquals(List.of(0x51), timers.vectors());
        assertEquals(sint(1), timers.config(0));
        assertEquals(due, timers.expirationTime(1));
        assertEquals(due, timers.deliveryTime(1));
        timers.free(1);
        timers.advance(1_000_000);
        assertEquals(List.of(), timers.vectors());
    }

    @Test
    @DisplayName("KVM: writing CONFIG or COUNT of a running timer starts it anew; four timers do not disturb each other")
    void writesStartAnew() {
        long now = timers.now();
        for (int timer = 0; timer < 4; timer++) {
            timers.start(timer, now + 10 * (timer + 1), sint(timer + 1) | ENABLE);
        }
        timers.count(0, now + 35);
        timers.config(1, sint(2));
        timers.advance(30);
        assertEquals(List.of(0x53), timers.vectors());
        timers.advance(5);
        assertEquals(List.of(0x51), timers.vectors());
        timers.advance(5);
        assertEquals(List.of(0x54), timers.vectors());
        timers.config(1, sint(2) | ENABLE);
        assertEquals(List.of(0x52), timers.vectors(), "its time is past now");
    }

    @Test
    @DisplayName("KVM kvm_hv_process_stimers: timers that are due together go off in the order of their numbers")
    void orderOfNumbers() {
        long due = timers.now() + 10;
        timers.start(2, due, sint(1) | ENABLE);
        timers.start(0, due, sint(4) | ENABLE);
        timers.start(1, due - 5, sint(3) | ENABLE);
        timers.advance(10);
        assertEquals(List.of(0x54, 0x53, 0x51), timers.vectors());
    }

    @ParameterizedTest
    @ValueSource(longs = {PERIODIC, PERIODIC | LAZY})
    @DisplayName("KVM stimer_start: a periodic timer starts at its write, keeps its phase, and loses the periods nobody saw, Lazy or not")
    void periodKeepsItsPhase(long mode) {
        long start = timers.now();
        timers.start(0, 100, sint(1) | ENABLE | mode);
        timers.advance(99);
        assertEquals(List.of(), timers.vectors());
        timers.advance(1);
        assertEquals(List.of(0x51), timers.vectors());
        assertEquals(start + 100, timers.expirationTime(1));
        timers.free(1);
        timers.advance(330);
        assertEquals(List.of(0x51), timers.vectors(), "one for three");
        assertEquals(start + 200, timers.expirationTime(1));
        assertEquals(start + 430, timers.deliveryTime(1));
        timers.free(1);
        timers.advance(69);
        assertEquals(List.of(), timers.vectors());
        timers.advance(1);
        assertEquals(List.of(0x51), timers.vectors());
        assertEquals(start + 500, timers.expirationTime(1));
        assertEquals(sint(1) | ENABLE | mode, timers.config(0));
        assertEquals(100, timers.count(0));
    }

    @Test
    @DisplayName("KVM: a one-shot message for a full slot sets 'message pending' and waits, still enabled, for EOM")
    void fullSlotMakesItWait() {
        timers.fill(1);
        timers.start(0, 1, sint(1) | ENABLE);
        assertEquals(sint(1) | ENABLE, timers.config(0));
        assertEquals("01000000080100000000000000000000aabbccdd", timers.guest.peek(Timers.slot(1), 20));
        timers.endOfMessage();
        timers.advance(1000);
        assertEquals(List.of(), timers.vectors());
        timers.free(1);
        timers.advance(1000);
        assertEquals(List.of(), timers.vectors(), "nobody said that the slot is free");
        timers.endOfMessage();
        assertEquals(List.of(0x51), timers.vectors());
        assertEquals(sint(1), timers.config(0));
        assertEquals(1, timers.expirationTime(1));
        assertEquals(timers.now(), timers.deliveryTime(1));
        assertEquals(0, timers.flags(1));
    }

    @Test
    @DisplayName("KVM kvm_hv_synic_send_eoi: EOI of the SINT's vector brings the message too, EOI of another vector does not")
    void endOfInterruptBringsIt() {
        timers.fill(1);
        timers.start(0, 1, sint(1) | ENABLE);
        timers.free(1);
        timers.guest.partition().vp(0).endOfInterrupt(0x52);
        assertEquals(List.of(), timers.vectors());
        timers.guest.partition().vp(0).endOfInterrupt(0x51);
        assertEquals(List.of(0x51), timers.vectors());
    }

    @Test
    @DisplayName("KVM: several timers that wait for one slot get it one EOM after the other, lowest number first")
    void oneSlotForAll() {
        timers.fill(1);
        for (int timer = 3; timer >= 0; timer--) {
            timers.start(timer, 1 + timer, sint(1) | ENABLE);
        }
        for (int timer = 0; timer < 4; timer++) {
            timers.free(1);
            timers.endOfMessage();
            assertEquals(List.of(0x51), timers.vectors());
            assertEquals(timer + 1, timers.expirationTime(1));
            assertEquals(timer < 3 ? 1 : 0, timers.flags(1));
        }
        timers.free(1);
        timers.endOfMessage();
        assertEquals(List.of(), timers.vectors());
    }

    @Test
    @DisplayName("KVM: a periodic timer that meets a full slot drops the message, sets no flag, and goes on")
    void fullSlotDropsAPeriod() {
        timers.fill(1);
        timers.start(0, 100, sint(1) | ENABLE | PERIODIC);
        timers.advance(100);
        assertEquals(0, timers.flags(1));
        timers.free(1);
        timers.endOfMessage();
        assertEquals(List.of(), timers.vectors());
        timers.advance(100);
        assertEquals(List.of(0x51), timers.vectors());
    }

    @Test
    @DisplayName("KVM: a masked SINT gets the message, and the timer waits: after EOM with a free slot the same expiry comes again")
    void maskedSintDeliversTwice() {
        timers.guest.wrmsr(Timers.SINT0 + 1, 0x1_0051);
        timers.start(0, 5, sint(1) | ENABLE);
        assertEquals(TIMER_EXPIRED, timers.type(1));
        assertEquals(sint(1) | ENABLE, timers.config(0));
        timers.guest.wrmsr(Timers.SINT0 + 1, 0x51);
        assertEquals(List.of(), timers.vectors());
        timers.endOfMessage();
        assertEquals(1, timers.flags(1), "the slot is still full");
        timers.free(1);
        timers.endOfMessage();
        assertEquals(List.of(0x51), timers.vectors());
        assertEquals(5, timers.expirationTime(1));
        assertEquals(sint(1), timers.config(0));
    }

    @Test
    @DisplayName("KVM: on a masked SINT a periodic timer stops at its first message until EOM")
    void maskedSintStopsAPeriod() {
        long start = timers.now();
        timers.guest.wrmsr(Timers.SINT0 + 1, 0x1_0051);
        timers.start(0, 100, sint(1) | ENABLE | PERIODIC);
        timers.advance(100);
        timers.free(1);
        timers.advance(1000);
        assertEquals(0, timers.type(1));
        timers.guest.wrmsr(Timers.SINT0 + 1, 0x51);
        timers.endOfMessage();
        assertEquals(List.of(0x51), timers.vectors());
        assertEquals(start + 100, timers.expirationTime(1));
        timers.free(1);
        timers.advance(100);
        assertEquals(start + 1200, timers.expirationTime(1));
    }

    @ParameterizedTest
    @ValueSource(longs = {0x8000, 0xFFFF_F001L, 0xFFFF_FFFF_FFFF_F001L, 0x8000_0000_0000_0001L})
    @DisplayName("KVM: with the message page off or outside RAM the timer waits; switching it on does nothing, EOM does")
    void pageMissing(long simp) {
        timers.guest.wrmsr(Timers.SIMP, simp);
        timers.start(0, 1, sint(1) | ENABLE);
        timers.endOfMessage();
        timers.guest.wrmsr(Timers.SIMP, Timers.PAGE | 1);
        timers.advance(1000);
        assertEquals(List.of(), timers.vectors());
        assertEquals(sint(1) | ENABLE, timers.config(0));
        timers.endOfMessage();
        assertEquals(List.of(0x51), timers.vectors());
        assertEquals(sint(1), timers.config(0));
    }

    @ParameterizedTest
    @ValueSource(ints = {Timers.CONFIG0, Timers.COUNT0})
    @DisplayName("KVM stimer_cleanup: a write forgets the message that waits")
    void writeForgetsTheMessage(int msr) {
        timers.fill(1);
        timers.start(0, 1, sint(1) | ENABLE);
        timers.guest.wrmsr(msr, 0);
        timers.free(1);
        timers.endOfMessage();
        assertEquals(List.of(), timers.vectors());
        assertEquals(0, timers.type(1));
    }

    @Test
    @DisplayName("KVM: a timer that was not enabled starts on SINT 0 too, and its message goes into slot 0")
    void sintZero() {
        timers.guest.wrmsr(Timers.SINT0, 0x50);
        timers.start(0, 1, ENABLE);
        assertEquals(0, timers.config(0));
        assertEquals(TIMER_EXPIRED, timers.type(0));
        assertEquals(List.of(0x50), timers.vectors());
    }

    @Test
    @DisplayName("TLFS AutoEnable: one write of COUNT is all that each tick costs")
    void autoEnable() {
        timers.config(0, sint(1) | AUTO_ENABLE);
        for (int i = 0; i < 3; i++) {
            timers.count(0, timers.now() + 10);
            assertEquals(sint(1) | AUTO_ENABLE | ENABLE, timers.config(0));
            timers.advance(10);
            assertEquals(List.of(0x51), timers.vectors());
            assertEquals(sint(1) | AUTO_ENABLE, timers.config(0));
            timers.free(1);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {Long.MAX_VALUE, Long.MIN_VALUE, -1, -2, 0x147AE147AE147AFL, 1L << 62})
    @DisplayName("KVM: counts at the end of the range never expire, one-shot or periodic")
    void hugeCounts(long count) {
        timers.start(0, count, sint(1) | ENABLE);
        timers.start(1, count, sint(2) | ENABLE | PERIODIC);
        timers.start(2, count, 0x60 << 4 | DIRECT | ENABLE);
        timers.advance(1L << 40);
        assertEquals(List.of(), timers.vectors());
        assertEquals(sint(1) | ENABLE, timers.config(0));
        timers.endOfMessage();
        assertEquals(List.of(), timers.vectors());
    }

    @Test
    @DisplayName("KVM: AutoEOI of a vector holds for messages of other SINTs and for direct timers with that vector")
    void autoEoiBelongsToTheVector() {
        timers.guest.wrmsr(Timers.SINT0 + 1, 0x2_0055);
        timers.guest.wrmsr(Timers.SINT0 + 2, 0x55);
        timers.start(0, 1, sint(2) | ENABLE);
        timers.start(1, 1, 0x55 << 4 | DIRECT | ENABLE);
        timers.guest.wrmsr(Timers.SINT0 + 1, 0x3_0055);
        timers.start(2, 1, 0x55 << 4 | DIRECT | ENABLE);
        assertEquals(List.of(0x55, 0x55, 0x55), timers.vectors());
    }

    @Test
    @DisplayName("KVM: direct mode leaves message pages alone and works with all of the controller switched off")
    void directNeedsNoController() {
        timers.guest.wrmsr(0x4000_0080, 0);
        timers.guest.wrmsr(Timers.SIMP, 0);
        timers.guest.wrmsr(Timers.SINT0 + 1, 0x1_0000);
        timers.start(0, 1, sint(1) | 0x70 << 4 | DIRECT | ENABLE);
        assertEquals(List.of(0x70), timers.vectors());
        assertEquals(sint(1) | 0x70 << 4 | DIRECT, timers.config(0));
        assertEquals(0, timers.type(1));
        timers.start(0, 100, 0xFF << 4 | DIRECT | ENABLE | PERIODIC);
        timers.advance(250);
        timers.advance(50);
        assertEquals(List.of(0xFF, 0xFF), timers.vectors());
    }

    @Test
    @DisplayName("KVM: a direct timer with a vector below 16 expires, and no interrupt comes")
    void directWithALowVector() {
        for (long vector = 0; vector < 16; vector++) {
            timers.start(0, 1, vector << 4 | DIRECT | ENABLE);
            assertEquals(vector << 4 | DIRECT, timers.config(0));
        }
        assertEquals(List.of(), timers.vectors());
    }
}
