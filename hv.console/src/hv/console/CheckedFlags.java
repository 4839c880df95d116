package hv.console;

import hv.api.Flags;
import hv.api.Problem;
import hv.api.Problem.Severity;
import hv.api.dto.EnlightenmentDTO;
import hv.api.enlightenment.Enlightenment;
import hv.api.host.Hypervisor;
import hv.api.host.Verdict;
import hv.flags.Effect;
import hv.flags.FlagGrammar;
import hv.flags.FlagText;
import hv.flags.FlagWriter;
import hv.flags.Release;
import hv.flags.Syntax;
import hv.flags.UnusableTextException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
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
 * @param isUsable whether they can be written in the text's syntax, and start then
 * @param chains what the flags require, a line for each that nothing else given requires
 */
record CheckedFlags(
        FlagText text,
        CheckedHost host,
        Verdict verdict,
        List<Problem> problems,
        Flags corrected,
        boolean isUsable,
        List<String> chains) {
    private static final Set<Syntax> TRANSLATED = Set.of(Syntax.LIBVIRT, Syntax.VIRT_INSTALL, Syntax.KUBEVIRT);

    /**
     * Judges them.
     *
     * @param release of the program that reads the text, if one is meant
     */
    static CheckedFlags of(
            Hypervisor hypervisor,
            Collection<? extends Enlightenment> enlightenments,
            FlagText text,
            CheckedHost host,
            Optional<Release> release) {
        Flags flags = Passthrough.expanded(text.flags(), host, hypervisor, enlightenments);
        Verdict verdict = hypervisor.check(flags, host.facts());
        List<Problem> problems = new ArrayList<>(text.problems());
        release.map(text::tooNewFor).ifPresent(problems::addAll);
        String changes = problems.stream()
                .filter(problem -> problem.severity().compareTo(Severity.GUEST_MISBEHAVES) <= 0)
                .map(Problem::change)
                .filter(change -> !change.isEmpty())
                .collect(Collectors.joining(","));
        List<Problem> own = new ArrayList<>(verdict.problems());
        Clockless.problem(verdict).ifPresent(own::add);
        own.addAll(host.missing(verdict, enlightenments));
        own.stream()
                .filter(problem -> counts(text, host, verdict, problem))
                .map(problem -> Passthrough.told(problem, verdict.flags()))
                .map(host::told)
                .map(problem -> Remedied.of(hypervisor, verdict, host.facts(), flags, problem))
                .forEach(problems::add);
        Passthrough.ignored(text.flags()).ifPresent(problems::add);
        host.none(text.flags()).filter(problem -> text.effect() != Effect.NONE).ifPresent(problems::add);
        problems.sort(Comparator.comparing(Problem::severity));
        Flags asGiven = corrected(hypervisor, text, text.flags(), host);
        Flags corrected = changes.isEmpty()
                ? asGiven
                : corrected(hypervisor, text, replaced(asGiven, FlagGrammar.read(changes)), host);
        List<EnlightenmentDTO> deployed = hypervisor.enlightenments();
        return new CheckedFlags(
                text,
                host,
                verdict,
                problems,
                corrected,
                isUsable(hypervisor, enlightenments, text, corrected, host, release),
                effect(text, host) == Effect.NONE ? List.of() : RequiresChain.of(deployed, verdict.enabled()));
    }

    /** Without KVM QEMU reads names and values and asks for nothing more. */
    private static boolean counts(FlagText text, CheckedHost host, Verdict verdict, Problem problem) {
        if (text.isSettled(problem)) {
            return false;
        }
        return effect(text, host) != Effect.NONE || verdict.misread().contains(problem);
    }

    /** Where the flags have no effect, nothing that they require is added. */
    private static Flags corrected(Hypervisor hypervisor, FlagText text, Flags flags, CheckedHost host) {
        Verdict verdict = hypervisor.check(flags, host.facts());
        if (text.effect() != Effect.NONE) {
            return verdict.corrected();
        }
        List<Flags.Word> words = new ArrayList<>(flags.words().stream()
                .filter(word ->
                        hypervisor.check(Flags.of(word), host.facts()).misread().isEmpty())
                .toList());
        verdict.misread().stream()
                .map(Problem::change)
                .filter(change -> !change.isEmpty())
                .forEach(change -> words.addAll(FlagGrammar.read(change).words()));
        return new Flags(words);
    }

    /** A word with a sign counts for more than a later one without, so words that are changed do not stay. */
    private static Flags replaced(Flags flags, Flags changes) {
        List<Flags.Word> words = new ArrayList<>(flags.words().stream()
                .filter(word -> changes.find(word.name()).isEmpty())
                .toList());
        words.addAll(changes.words());
        return new Flags(words);
    }

    /** Whether the corrected text would start: a new element can be one that an old program lacks. */
    private static boolean isUsable(
            Hypervisor hypervisor,
            Collection<? extends Enlightenment> enlightenments,
            FlagText text,
            Flags corrected,
            CheckedHost host,
            Optional<Release> release) {
        if (!text.isCorrectable() || corrected.isEmpty() || host.isWithoutHyperV()) {
            return false;
        }
        try {
            FlagText again = FlagText.of(text.write(corrected).text());
            Verdict verdict = hypervisor.check(
                    Passthrough.expanded(again.flags(), host, hypervisor, enlightenments), host.facts());
            List<Problem> problems = new ArrayList<>(again.problems());
            FlagText around = text.syntax() == Syntax.QEMU_LINE ? text : again;
            release.map(version -> around.tooNewFor(version, again.flags())).ifPresent(problems::addAll);
            problems.addAll(text.effect() == Effect.NONE ? verdict.misread() : verdict.problems());
            return problems.stream().noneMatch(problem -> problem.severity() == Severity.WILL_NOT_START);
        } catch (UnusableTextException e) {
            return false;
        }
    }

    boolean starts() {
        return problems.stream().noneMatch(problem -> problem.severity() == Severity.WILL_NOT_START);
    }

    /** What becomes of the flags, on this host. */
    Effect effect() {
        return effect(text, host);
    }

    private static Effect effect(FlagText text, CheckedHost host) {
        return host.isWithoutHyperV() ? Effect.NONE : text.effect();
    }

    /** Whether something serious was found that other flags put right. */
    boolean isCorrected() {
        return problems.stream().anyMatch(problem -> problem.severity().compareTo(Severity.GUEST_MISBEHAVES) <= 0)
                && isUsable;
    }

    /** What to do about a problem, in the syntax that was read. */
    String remedy(Problem problem) {
        if (text.syntax() == Syntax.PROXMOX && !problem.change().isEmpty()) {
            Flags changed = text.flags().with(FlagGrammar.read(problem.change()));
            return "write " + text.write(new Flags(changed.inEffect())).text();
        }
        boolean isTranslated =
                TRANSLATED.contains(text.syntax()) && !problem.change().isEmpty();
        return isTranslated
                ? "write " + FlagWriter.change(text.syntax(), FlagGrammar.read(problem.change()))
                : problem.remedy();
    }

    /** For tools. */
    String json() {
        Json json = new Json();
        json.open()
                .text("syntax", text.syntax().name().toLowerCase(Locale.ROOT).replace('_', '-'))
                .text("host", host.title())
                .texts("remarks", text.remarks())
                .flag("starts", starts())
                .text("effect", effect().name().toLowerCase(Locale.ROOT))
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
                .text("corrected", isUsable ? text.write(corrected).text() : "")
                .close()
                .toString();
    }
}
