package hv.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.api.Descriptor;
import hv.api.Enlightenment;
import hv.api.GuestMemory;
import hv.api.dto.SwapDTO;
import hv.api.host.PowerEvent;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** A guest cannot tell that an enlightenment was replaced under it. */
public interface SwapContract extends ContractSubject {
    /** Length of a random program. */
    int SWAP_STEPS = 2000;

    @Test
    @DisplayName(
            "contract: a guest whose enlightenments are swapped at random moments sees what an undisturbed one sees")
    default void swapsAreNotSeen() {
        for (String more : List.of("hv-enforce-cpuid", "")) {
            long seed = System.nanoTime();
            Random moments = new Random(seed);
            List<Descriptor> known = Stream.concat(required().stream(), Stream.of(enlightenment()))
                    .map(Enlightenment::descriptor)
                    .toList();
            try (FailureWatch watch = new FailureWatch();
                    Guest undisturbed = guest(more).identify();
                    Guest swapped = guest(more).identify()) {
                RandomProgram one = new RandomProgram(seed, known);
                RandomProgram two = new RandomProgram(seed, known);
                for (int step = 0; step < SWAP_STEPS; step++) {
                    int vp = moments.nextInt(VPS);
                    String where = "step " + step + ", seed " + seed + " " + more;
                    assertEquals(one.step(undisturbed, vp, true), two.step(swapped, vp, true), where);
                    if (moments.nextInt(10) == 0) {
                        swap(swapped, known.get(moments.nextInt(known.size())).id());
                    }
                }
                assertEquals(undisturbed.save(), swapped.save(), "seed " + seed);
                assertEquals(undisturbed.takeInterrupts(), swapped.takeInterrupts(), "seed " + seed);
                assertEquals(powerEvents(undisturbed), powerEvents(swapped), "seed " + seed);
                assertSameMemory(undisturbed, swapped, "seed " + seed);
                watch.assertNone("seed " + seed);
            }
        }
    }

    private void swap(Guest guest, String id) {
        SwapDTO swap = guest.partition().places().swap(id, "");
        assertTrue(swap.succeeded(), () -> id + ": " + swap.outcome());
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
            assertEquals(
                    java.util.HexFormat.of().formatHex(expected),
                    java.util.HexFormat.of().formatHex(actual),
                    where);
        }
    }
}
