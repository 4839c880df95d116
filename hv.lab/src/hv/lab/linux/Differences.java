package hv.lab.linux;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What a boot on hv says otherwise than one on the kernel's own Hyper-V code, and why it may. A difference that is not in the list is a
 * failure. Immutable.
 */
public final class Differences {
    /** Which of the two boots has the line. */
    public enum Side {
        HV,
        REFERENCE
    }

    /**
     * A difference that is wanted.
     *
     * @param line found in the comparable line
     * @param reason for people
     */
    private record Explained(Pattern line, String reason) {}

    /**
     * A difference between two boots.
     *
     * @param side who has the line
     * @param line comparable
     * @param reason why it may differ; empty if nobody knows
     */
    public record Difference(Side side, String line, Optional<String> reason) {}

    private static final List<Explained> EXPLAINED = List.of();

    private Differences() {}

    /** All differences, those of hv first. */
    public static List<Difference> between(BootLog hv, BootLog reference) {
        List<Difference> all = new ArrayList<>();
        hv.without(reference).forEach(line -> all.add(difference(Side.HV, line)));
        reference.without(hv).forEach(line -> all.add(difference(Side.REFERENCE, line)));
        return all;
    }

    private static Difference difference(Side side, String line) {
        return new Difference(
                side,
                line,
                EXPLAINED.stream()
                        .filter(one -> one.line().matcher(line).find())
                        .map(Explained::reason)
                        .findFirst());
    }
}
