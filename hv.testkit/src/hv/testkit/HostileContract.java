package hv.testkit;

import hv.api.enlightenment.Descriptor;
import hv.api.enlightenment.Enlightenment;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Whatever a guest does ends in a value, a status or a fault. */
public interface HostileContract extends ContractSubject {
    /** Length of a random program. */
    int STEPS = 3000;

    @Test
    @DisplayName("contract: a random program with hostile values ends in values, statuses and faults, enforced or not")
    default void randomProgramNeverBreaksIt() {
        for (String more : List.of("hv-enforce-cpuid", "")) {
            long seed = System.nanoTime();
            try (FailureWatch watch = new FailureWatch();
                    Guest guest = guest(more).identify()) {
                new RandomProgram(seed, everything()).run(guest, 0, STEPS, true);
                guest.host().drain(guest.partition());
                guest.save();
                watch.assertNone("seed " + seed + " " + more);
            }
        }
    }

    @Test
    @DisplayName("contract: two VPs that do so at the same time break nothing either")
    default void randomProgramsOnTwoVpsBreakNothing() throws InterruptedException {
        long seed = System.nanoTime();
        try (FailureWatch watch = new FailureWatch();
                Guest guest = guest("hv-enforce-cpuid").identify()) {
            Thread other = new Thread(() -> new RandomProgram(seed, everything()).run(guest, 1, STEPS, false));
            other.start();
            new RandomProgram(~seed, everything()).run(guest, 0, STEPS, false);
            other.join();
            guest.host().drain(guest.partition());
            watch.assertNone("seed " + seed);
        }
    }

    /** The descriptors of all that is deployed. */
    private List<Descriptor> everything() {
        return Stream.concat(required().stream(), Stream.of(enlightenment()))
                .map(Enlightenment::descriptor)
                .toList();
    }
}
