package hv.stimer;

import static hv.stimer.Timers.DIRECT;
import static hv.stimer.Timers.ENABLE;
import static hv.stimer.Timers.PERIODIC;
import static hv.stimer.Timers.sint;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import hv.api.SavedState;
import hv.api.SavedState.Section;
import hv.api.StateException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("Saved timers")
class TimerStateTest {
    private final Timers before = new Timers();
    private final Timers after = new Timers();

    @AfterEach
    void close() {
        before.close();
        after.close();
    }

    private void move() {
        after.guest.copyMemory(before.guest);
        after.guest.restore(before.guest.save());
        assertEquals(before.guest.save(), after.guest.save());
    }

    @Test
    @DisplayName("a periodic timer keeps its phase")
    void keepsThePhase() {
        long start = before.now();
        before.start(0, 100, sint(1) | ENABLE | PERIODIC);
        before.advance(70);
        move();
        after.advance(29);
        assertEquals(List.of(), after.vectors());
        after.advance(1);
        assertEquals(List.of(0x51), after.vectors());
        assertEquals(start + 100, after.expirationTime(1));
    }

    @Test
    @DisplayName("a message that waits for its slot waits on, with the time at which it was due")
    void keepsTheWaitingMessage() {
        before.fill(1);
        before.start(0, 7, sint(1) | ENABLE);
        move();
        after.free(1);
        after.advance(1000);
        assertEquals(List.of(), after.vectors());
        after.endOfMessage();
        assertEquals(List.of(0x51), after.vectors());
        assertEquals(7, after.expirationTime(1));
    }

    @Test
    @DisplayName("a one-shot timer expires at its time, over there; what it replaces there does not")
    void keepsTheDueTime() {
        after.start(2, after.now() + 10, sint(3) | ENABLE);
        after.start(1, after.now() + 60, sint(2) | ENABLE);
        before.start(1, before.now() + 60, sint(2) | ENABLE);
        move();
        after.advance(59);
        assertEquals(List.of(), after.vectors());
        after.advance(1);
        assertEquals(List.of(0x52), after.vectors());
    }

    @Test
    @DisplayName("what fell due while nobody ran expires before the VP enters the guest")
    void keepsWhatIsDue() {
        before.start(1, before.now() + 60, sint(2) | ENABLE);
        before.guest.host().advance100ns(80);
        SavedState saved = before.guest.partition().save();
        after.guest.restore(saved);
        assertEquals(List.of(0x52), after.vectors());
    }

    @Test
    @DisplayName("a reset stops the timers")
    void resetStops() {
        before.start(0, before.now() + 10, sint(1) | ENABLE);
        before.start(1, 10, 0x60 << 4 | DIRECT | ENABLE | PERIODIC);
        before.guest.partition().reset();
        before.advance(1000);
        assertEquals(List.of(), before.vectors());
        assertEquals(0, before.config(0));
        assertEquals(0, before.count(1));
    }

    private static SavedState with(SavedState state, String name, long value) {
        return new SavedState(state.sections().stream()
                .map(section -> {
                    if (!section.id().equals("stimer")) {
                        return section;
                    }
                    Map<String, Long> values = new TreeMap<>(section.values());
                    values.put("HV_X64_MSR_STIMER0_" + name, value);
                    return new Section(section.id(), section.vp(), section.version(), values, section.bytes());
                })
                .toList());
    }

    @ParameterizedTest
    @CsvSource({"MessagePending,2", "MessagePending,1", "ExpirationTime,5", "CONFIG,0x1000"})
    @DisplayName("a state that no guest can be in is refused: pending without expiry, running without Enable, unpromised direct mode")
    void refusesTheImpossible(String name, String value) {
        try (Timers strict = new Timers("hv-stimer,hv-synic,hv-time,hv-vpindex,hv-enforce-cpuid")) {
            SavedState bad = with(strict.guest.save(), name, Long.decode(value));
            assertThrows(StateException.class, () -> strict.guest.partition().restore(bad));
        }
    }

    @Test
    @DisplayName("a state without times of expiry, as QEMU keeps it, starts the timers anew")
    void startsFromRegistersAlone() {
        before.start(0, 100, sint(1) | ENABLE | PERIODIC);
        SavedState registersOnly = with(before.guest.save(), "ExpirationTime", 0);
        after.guest.restore(new SavedState(registersOnly.sections().stream()
                .map(s -> s.id().equals("stimer") && s.vp() == 1 ? fresh() : s)
                .toList()));
        after.advance(100);
        assertEquals(List.of(0x51), after.vectors());
    }

    private Section fresh() {
        return after.guest.save().sections().stream()
                .filter(s -> s.id().equals("stimer") && s.vp() == 1)
                .findFirst()
                .orElseThrow();
    }
}
