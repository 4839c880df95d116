package hv.oracle.compare;

import hv.lab.rig.UnusableException;
import hv.oracle.input.Case;
import java.util.List;
import java.util.Optional;

/** Finds the smallest input that still differs in the same way, by leaving out one part after the other. */
final class Shrinker {
    /** A part that can be left out, and then another: each round asks once for every part. */
    private static final int MOST_ROUNDS = 40;

    private final Trial trial;
    private final Accepted accepted;

    Shrinker(Trial trial, Accepted accepted) {
        this.trial = trial;
        this.accepted = accepted;
    }

    /** Finds the same kind of difference in a text as short as can be. */
    Difference smallest(Case one, Difference difference) throws UnusableException, InterruptedException {
        Case smallest = one;
        Difference least = difference;
        for (int round = 0; round < MOST_ROUNDS; round++) {
            Optional<Found> smaller = smaller(smallest, least);
            if (smaller.isEmpty()) {
                break;
            }
            smallest = smaller.get().one();
            least = smaller.get().difference();
        }
        return least;
    }

    private record Found(Case one, Difference difference) {}

    private Optional<Found> smaller(Case one, Difference difference) throws UnusableException, InterruptedException {
        List<Case> all = one.smaller();
        all.forEach(trial::prepare);
        for (Case smaller : all) {
            for (Difference other : trial.differences(smaller)) {
                if (other.kind() == difference.kind() && accepted.reason(other).isEmpty()) {
                    return Optional.of(new Found(smaller, other));
                }
            }
        }
        return Optional.empty();
    }
}
