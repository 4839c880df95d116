package hv.console;

import hv.api.Flags;
import hv.api.Problem;
import hv.api.Problem.Severity;
import hv.api.dto.EnlightenmentDTO;
import hv.api.host.Hypervisor;
import hv.api.host.Verdict;
import hv.flags.FlagGrammar;
import hv.flags.FlagText;
import hv.flags.FlagWriter;
import hv.flags.Syntax;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * What is to be said of flags that somebody typed: the partition service's verdict, and what is wrong with the way they
 * were written.
 *
 * @param text what was read
 * @param host what they were judged for
 * @param verdict what they mean
 * @param problems of both, worst first
 * @param corrected all flags without what is serious
 * @param chains what the flags require, a line for each that nothing else given requires
 */
record CheckedFlags(
        FlagText text,
        CheckedHost host,
        Verdict verdict,
        List<Problem> problems,
        Flags corrected,
        List<String> chains) {
    /** Judges them. */
    static CheckedFlags of(Hypervisor hypervisor, FlagText text, CheckedHost host) {
        Verdict verdict = hypervisor.check(text.flags(), host.facts());
        List<Problem> problems = new ArrayList<>(text.problems());
        problems.addAll(verdict.problems());
        problems.sort(Comparator.comparing(Problem::severity));
        Flags changes = FlagGrammar.read(text.problems().stream()
                .filter(problem -> problem.severity().compareTo(Severity.GUEST_MISBEHAVES) <= 0)
                .map(Problem::change)
                .filter(change -> !change.isEmpty())
                .collect(Collectors.joining(",")));
        Flags corrected = changes.isEmpty()
                ? verdict.corrected()
                : hypervisor
                        .check(verdict.corrected().with(changes), host.facts())
                        .corrected();
        List<EnlightenmentDTO> deployed = hypervisor.enlightenments();
        return new CheckedFlags(
                text, host, verdict, problems, corrected, RequiresChain.of(deployed, verdict.enabled()));
    }

    boolean starts() {
        return problems.stream().noneMatch(problem -> problem.severity() == Severity.WILL_NOT_START);
    }

    /** Whether something serious was found that other flags put right. */
    boolean isCorrected() {
        return problems.stream().anyMatch(problem -> problem.severity().compareTo(Severity.GUEST_MISBEHAVES) <= 0)
                && !corrected.isEmpty();
    }

    /** What to do about a problem, in the syntax that was read. */
    String remedy(Problem problem) {
        boolean isTranslated =
                text.syntax() == Syntax.LIBVIRT && !problem.change().isEmpty();
        return isTranslated
                ? "write " + FlagWriter.change(Syntax.LIBVIRT, FlagGrammar.read(problem.change()))
                : problem.remedy();
    }

    /** For tools. */
    String json() {
        Json json = new Json();
        json.open()
                .text("syntax", text.syntax().name().toLowerCase(Locale.ROOT).replace('_', '-'))
                .text("host", host.title())
                .flag("starts", starts())
                .text("flags", verdict.flags().toString())
                .texts("foreign", verdict.foreign())
                .texts("enabled", verdict.enabled());
        json.list("problems");
        for (Problem problem : problems) {
            json.open()
                    .text("severity", CheckCommand.severity(problem))
                    .text("flag", problem.flag())
                    .text("reason", problem.reason())
                    .text("remedy", remedy(problem))
                    .text("change", problem.change())
                    .close();
        }
        return json.end()
                .texts("requires", chains)
                .text("corrected", FlagWriter.write(text.syntax(), corrected).text())
                .close()
                .toString();
    }
}
