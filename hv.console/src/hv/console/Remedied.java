package hv.console;

import hv.api.Flags;
import hv.api.HostFacts;
import hv.api.Problem;
import hv.api.Problem.Severity;
import hv.api.host.Hypervisor;
import hv.api.host.Verdict;
import hv.flags.FlagGrammar;
import java.util.ArrayList;
import java.util.List;

/** Advice that starts when it is followed: what is to be added brings along what it requires. */
final class Remedied {
    /** What is required requires something again; chains are short. */
    private static final int MOST_ROUNDS = 4;

    private Remedied() {}

    /** A copy of {@code problem} with advice that was tried. */
    static Problem of(Hypervisor hypervisor, Verdict verdict, HostFacts host, Flags flags, Problem problem) {
        boolean isServed = problem.severity().compareTo(Severity.GUEST_MISBEHAVES) <= 0;
        if (isServed
                || problem.change().isEmpty()
                || FlagGrammar.read(problem.change()).words().get(0).isOff()) {
            return problem;
        }
        List<String> known = verdict.problems().stream().map(Problem::reason).toList();
        List<String> added = new ArrayList<>();
        for (int round = 0; round < MOST_ROUNDS; round++) {
            Flags followed = flags.with(FlagGrammar.read(problem.change() + "," + String.join(",", added)));
            List<String> missing = hypervisor.check(followed, host).problems().stream()
                    .filter(other -> other.severity() == Severity.WILL_NOT_START && !known.contains(other.reason()))
                    .map(Problem::change)
                    .filter(change -> !change.isEmpty() && !added.contains(change))
                    .distinct()
                    .toList();
            if (missing.isEmpty()) {
                break;
            }
            added.addAll(missing);
        }
        if (added.isEmpty()) {
            return problem;
        }
        String change = String.join(",", added) + "," + problem.change();
        return new Problem(
                problem.severity(), problem.flag(), problem.reason(), "add " + change.replace(",", ", "), change);
    }
}
