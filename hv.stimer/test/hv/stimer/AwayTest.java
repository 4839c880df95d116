package hv.stimer;

import static org.junit.jupiter.api.Assertions.assertEquals;

import hv.synic.Synic;
import hv.time.Time;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Timers that run while they, or what they require, are away")
class AwayTest {
    private static final long PERIOD = 100_000;

    private final Timers timers = new Timers();

    private void messages(int sint, long expected) {
        assertEquals(0x8000_0010, timers.type(sint));
        assertEquals(expected, timers.expirationTime(sint));
        timers.free(sint);
    }

    @Test
    @DisplayName(
            "A periodic timer's message that falls due while the interrupt controller is away comes with it, and the timer goes on")
    void periodicMessage() {
        timers.start(0, PERIOD, Timers.ENABLE | Timers.PERIODIC | Timers.sint(2));
        long first = timers.now() + PERIOD;
        timers.guest.withdraw("synic");
        timers.advance(PERIOD);
        assertEquals(List.of(), timers.vectors());
        timers.guest.deploy(new Synic());
        assertEquals(List.of(0x52), timers.vectors());
        messages(2, first);
        for (int period = 1; period < 5; period++) {
            timers.advance(PERIOD);
            assertEquals(List.of(0x52), timers.vectors());
            messages(2, first + period * PERIOD);
        }
        timers.close();
    }

    @Test
    @DisplayName("A one-shot timer that falls due while the controller is away expires once, when it is back")
    void oneShot() {
        timers.start(1, timers.now() + 5, Timers.ENABLE | Timers.sint(3));
        timers.guest.withdraw("synic");
        timers.advance(PERIOD);
        timers.advance(PERIOD);
        timers.guest.deploy(new Synic());
        assertEquals(List.of(0x53), timers.vectors());
        timers.free(3);
        timers.endOfMessage();
        timers.advance(PERIOD);
        assertEquals(List.of(), timers.vectors());
        assertEquals(Timers.sint(3), timers.config(1));
        timers.close();
    }

    @Test
    @DisplayName("A direct timer keeps the controller's AutoEOI for its vector: it waits for the controller")
    void directWaits() {
        timers.start(2, PERIOD, Timers.ENABLE | Timers.PERIODIC | Timers.DIRECT | 0x60 << 4);
        timers.guest.withdraw("synic");
        timers.advance(PERIOD);
        assertEquals(List.of(), timers.vectors());
        timers.guest.deploy(new Synic());
        assertEquals(List.of(0x60), timers.vectors());
        timers.close();
    }

    @Test
    @DisplayName(
            "A message that waits for a full slot is delivered though the guest acknowledged while the timers were away")
    void acknowledgedMeanwhile() {
        timers.fill(2);
        timers.start(0, timers.now() + 5, Timers.ENABLE | Timers.sint(2));
        timers.advance(10);
        assertEquals(1, timers.flags(2), "message pending");
        timers.guest.withdraw("stimer");
        timers.free(2);
        timers.endOfMessage();
        timers.guest.deploy(new SyntheticTimers());
        assertEquals(List.of(0x52), timers.vectors());
        assertEquals(0x8000_0010, timers.type(2));
        timers.close();
    }

    @Test
    @DisplayName("So it is if the acknowledgement was the end of the interrupt, and the controller was away")
    void endedMeanwhile() {
        timers.fill(2);
        timers.start(0, timers.now() + 5, Timers.ENABLE | Timers.sint(2));
        timers.advance(10);
        timers.guest.withdraw("synic");
        timers.free(2);
        timers.guest.partition().vp(0).endOfInterrupt(0x52);
        timers.guest.deploy(new Synic());
        assertEquals(List.of(0x52), timers.vectors());
        timers.close();
    }

    @Test
    @DisplayName("What requires the clock waits for the clock")
    void clockAway() {
        timers.start(0, PERIOD, Timers.ENABLE | Timers.PERIODIC | Timers.sint(2));
        timers.guest.withdraw("time");
        timers.advance(PERIOD);
        assertEquals(List.of(), timers.vectors());
        timers.guest.deploy(new Time());
        assertEquals(List.of(0x52), timers.vectors());
        timers.close();
    }
}
