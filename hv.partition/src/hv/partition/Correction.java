package hv.partition;

import hv.api.Problem;
import hv.api.Problem.Severity;
import hv.api.host.HostFacts;
import java.util.List;
import java.util.stream.Collectors;

/** Changes flags until nothing is left that keeps a guest from starting or makes it go wrong, as far as the problems say how. */
final class Correction {
    /** A change can uncover another problem; chains are short. */
    private static final int MOST_ROUNDS = 4;

    private Correction() {}

    /** The whole argument, changed; {@code plan} is what it means as it is. */
    static String of(ParsedFlags given, Plan plan, HostFacts host, Catalogue catalogue) {
        String argument = given.argument();
        String changes = changes(plan.problems());
        for (int round = 0; round < MOST_ROUNDS && !changes.isEmpty(); round++) {
            ParsedFlags changed = new FlagParser(catalogue).parse(argument + "," + changes);
            argument = changed.argument();
            String expanded = changed.isOn(OwnFlags.PASSTHROUGH) ? Everything.on(host, catalogue) + "," : "";
            Plan next = Plan.of(new FlagParser(catalogue).parse(expanded + argument), host, catalogue);
            changes = changes(next.problems());
        }
        return argument;
    }

    private static String changes(List<Problem> problems) {
        return problems.stream()
                .filter(problem -> problem.severity().compareTo(Severity.GUEST_MISBEHAVES) <= 0)
                .map(Problem::change)
                .filter(change -> !change.isEmpty())
                .distinct()
                .collect(Collectors.joining(","));
    }
}
