package hv.partition.plan;

import hv.api.Flags;
import hv.api.HostFacts;
import hv.api.Problem;
import hv.api.Problem.Severity;
import hv.flags.FlagGrammar;
import java.util.List;
import java.util.Map;

/**
 * Works out what flags come to with what is deployed at that moment: expands hv-passthrough, plans, and says what the
 * corrected flags are. Any thread.
 */
public final class Planner {
    private final Catalogue catalogue;

    /** Plans with what {@code catalogue} holds when it is asked. */
    public Planner(Catalogue catalogue) {
        this.catalogue = catalogue;
    }

    /** What {@code flags} mean. */
    public Plan plan(Flags flags, HostFacts host) {
        return corrected(new FlagParser(catalogue).parse(flags), flags, host);
    }

    /** What an argument of {@code -cpu} means. */
    public Plan plan(String argument, HostFacts host) {
        if (argument.length() <= FlagGrammar.MAX_CHARACTERS) {
            return plan(FlagGrammar.read(argument), host);
        }
        Problem tooLong = new Problem(
                Severity.WILL_NOT_START,
                "",
                "the flags are %d characters long".formatted(argument.length()),
                "give at most " + FlagGrammar.MAX_CHARACTERS);
        return corrected(new ParsedFlags(Map.of(), Flags.NONE, List.of(tooLong)), Flags.NONE, host);
    }

    private Plan corrected(ParsedFlags parsed, Flags flags, HostFacts host) {
        Plan plan = expanded(parsed, flags, host);
        return plan.with(Correction.of(parsed, plan, host, catalogue));
    }

    private Plan expanded(ParsedFlags parsed, Flags flags, HostFacts host) {
        if (!parsed.isOn(OwnFlags.PASSTHROUGH)) {
            return Plan.of(parsed, host, catalogue);
        }
        Flags everything = Everything.on(host, catalogue);
        // What is given besides comes later and so wins.
        ParsedFlags all = new FlagParser(catalogue).parse(everything.with(flags));
        return Plan.of(all, host, catalogue).with(Everything.problems(everything));
    }
}
