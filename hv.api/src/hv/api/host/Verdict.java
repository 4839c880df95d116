package hv.api.host;

import hv.api.CpuidTable;
import hv.api.Flags;
import hv.api.Problem;
import java.util.List;
import java.util.Objects;

/**
 * What is to be said of a set of flags. Immutable.
 *
 * @param flags the flags that were understood, each once and in canonical form
 * @param foreign CPU flags that are not Hyper-V's and were passed over
 * @param enabled ids of the enlightenments that the guest is promised
 * @param problems all problems, worst first
 * @param cpuid the leaves the guest would see; empty if it would not start
 * @param corrected a whole {@code -cpu} argument, foreign flags included, in which nothing is left that keeps the guest
 *     from starting or that it is likely to go wrong with, as far as flags can do that
 * @param misread those of the problems for which a word cannot be read: a VMM refuses them whatever serves the flags
 */
public record Verdict(
        Flags flags,
        List<String> foreign,
        List<String> enabled,
        List<Problem> problems,
        CpuidTable cpuid,
        Flags corrected,
        List<Problem> misread) {
    /** Copies the lists. */
    public Verdict {
        Objects.requireNonNull(flags, "flags");
        Objects.requireNonNull(cpuid, "cpuid");
        foreign = List.copyOf(foreign);
        enabled = List.copyOf(enabled);
        problems = List.copyOf(problems);
        Objects.requireNonNull(corrected, "corrected");
        misread = List.copyOf(misread);
    }

    /** A verdict on flags that are left as they are. */
    public Verdict(Flags flags, List<String> foreign, List<String> enabled, List<Problem> problems, CpuidTable cpuid) {
        this(flags, foreign, enabled, problems, cpuid, flags, List.of());
    }

    /** Whether a partition can be built. */
    public boolean starts() {
        return problems.stream().noneMatch(p -> p.severity() == Problem.Severity.WILL_NOT_START);
    }
}
