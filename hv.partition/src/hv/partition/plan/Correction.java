package hv.partition.plan;

import hv.api.Flags;
import hv.api.HostFacts;
import hv.api.Problem;
import hv.api.Problem.Severity;
import hv.flags.FlagGrammar;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Changes flags until nothing is left that keeps a guest from starting or makes it go wrong, as far as the problems say
 * how.
 */
final class Correction {
    /** A change can uncover another problem; chains are short. */
    private static final int MOST_ROUNDS = 4;

    private Correction() {}

    /** All flags, changed; {@code plan} is what they mean as they are. */
    static Flags of(ParsedFlags given, Plan plan, HostFacts host, Catalogue catalogue) {
        Flags argument = given.argument();
        Flags changes = changes(plan.problems());
        for (int round = 0; round < MOST_ROUNDS && !changes.isEmpty(); round++) {
            ParsedFlags changed = new FlagParser(catalogue).parse(argument.with(changes));
            argument = changed.argument();
            Flags expanded = changed.isOn(OwnFlags.PASSTHROUGH) ? Everything.on(host, catalogue) : Flags.NONE;
            Plan next = Plan.of(new FlagParser(catalogue).parse(expanded.with(argument)), host, catalogue);
            changes = changes(next.problems());
        }
        return argument;
    }

    /** What a flag requires is not added if the flag itself goes. */
    private static Flags changes(List<Problem> problems) {
        List<Problem> serious = problems.stream()
                .filter(problem -> problem.severity().compareTo(Severity.GUEST_MISBEHAVES) <= 0)
                .filter(problem -> !problem.change().isEmpty())
                .toList();
        Set<String> going = serious.stream()
                .filter(Correction::isRemoved)
                .map(Problem::flag)
                .collect(Collectors.toSet());
        return FlagGrammar.read(serious.stream()
                .filter(problem -> isRemoved(problem) || !going.contains(problem.flag()))
                .map(Problem::change)
                .distinct()
                .collect(Collectors.joining(",")));
    }

    private static boolean isRemoved(Problem problem) {
        return problem.change().equals(problem.flag() + "=off");
    }
}
