package hv.fuzz;

import hv.fuzz.target.EffortFinding;
import hv.fuzz.target.Target;

/**
 * Gives a target that took too much for an input many more tries, since each of the first ones may have loaded other
 * classes.
 */
final class Patient implements Target {
    private static final int TRIES = 20;

    private final Target target;

    Patient(Target target) {
        this.target = target;
    }

    @Override
    public int run(byte[] input) throws Throwable {
        for (int attempt = 1; ; attempt++) {
            try {
                return target.run(input);
            } catch (EffortFinding e) {
                if (attempt == TRIES) {
                    throw e;
                }
            }
        }
    }
}
