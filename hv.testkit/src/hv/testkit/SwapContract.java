package hv.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.api.dto.SwapDTO;
import hv.api.enlightenment.Descriptor;
import hv.api.enlightenment.Enlightenment;
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
                Twins.assertEqual(undisturbed, swapped, "seed " + seed);
                watch.assertNone("seed " + seed);
            }
        }
    }

    private void swap(Guest guest, String id) {
        SwapDTO swap = guest.partition().places().swap(id, "");
        assertTrue(swap.succeeded(), () -> id + ": " + swap.outcome());
    }
}
