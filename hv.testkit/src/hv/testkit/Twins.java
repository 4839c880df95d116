package hv.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;

import hv.api.GuestMemory;
import hv.api.PowerEvent;
import java.util.HexFormat;
import java.util.List;

/** Two guests that did the same, of which one was disturbed: compared in all that they could notice. */
final class Twins {
    private Twins() {}

    /** Fails unless state, interrupts since the last time, power events and RAM are the same. */
    static void assertEqual(Guest one, Guest two, String where) {
        assertEquals(one.save(), two.save(), where);
        assertEquals(one.takeInterrupts(), two.takeInterrupts(), where);
        assertEquals(powerEvents(one), powerEvents(two), where);
        assertSameMemory(one, two, where);
    }

    /** All of what is in them but the host's time. */
    private static List<String> powerEvents(Guest guest) {
        return guest.powerEvents().stream()
                .map(event -> event instanceof PowerEvent.Crash crash
                        ? "crash of VP " + crash.vp() + " " + crash.report().parameters()
                        : event.toString())
                .toList();
    }

    private static void assertSameMemory(Guest one, Guest two, String where) {
        byte[] expected = new byte[GuestMemory.PAGE_BYTES];
        byte[] actual = new byte[GuestMemory.PAGE_BYTES];
        for (long gpa = 0; gpa < one.host().memoryBytes(); gpa += expected.length) {
            one.memory().read(gpa, expected, 0, expected.length);
            two.memory().read(gpa, actual, 0, actual.length);
            assertEquals(HexFormat.of().formatHex(expected), HexFormat.of().formatHex(actual), where);
        }
    }
}
