package hv.stress;

import java.util.ArrayList;
import java.util.List;

/**
 * How the steps of a test are compiled, which decides what can be reordered.
 *
 * @param name for people
 * @param jvmOptions what makes the JVM do so
 */
record Mode(String name, List<String> jvmOptions) {
    private static final Mode OPTIMIZED = new Mode("c2", List.of("-XX:-TieredCompilation"));

    /** The one that reorders most without being told to. */
    static List<Mode> shortest() {
        return List.of(OPTIMIZED);
    }

    /** Interpreted, compiled simply, optimized, and optimized with instructions put in any order that is allowed. */
    static List<Mode> all() {
        List<Mode> modes = new ArrayList<>(List.of(
                new Mode("int", List.of("-Xint")), new Mode("c1", List.of("-XX:TieredStopAtLevel=1")), OPTIMIZED));
        modes.add(new Mode(
                "c2 shuffled",
                List.of(
                        "-XX:-TieredCompilation",
                        "-XX:+StressLCM",
                        "-XX:+StressGCM",
                        "-XX:+StressIGVN",
                        "-XX:+StressCCP")));
        return modes;
    }
}
