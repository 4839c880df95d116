package hv.soak;

import java.util.List;
import java.util.concurrent.Callable;

/**
 * Runs what gives lines for people, the last of which says whether all was well, and turns that into an exit status.
 */
final class Verdict {
    private static final String CLEAN = "clean";

    private Verdict() {}

    /** Prints the lines; 0 if the last one is {@code clean}, otherwise 1. */
    static int of(Callable<List<String>> torture) {
        try {
            List<String> lines = torture.call();
            lines.forEach(System.out::println);
            return lines.getLast().equals(CLEAN) ? 0 : 1;
        } catch (Exception e) {
            e.printStackTrace(System.out);
            return 1;
        }
    }
}
