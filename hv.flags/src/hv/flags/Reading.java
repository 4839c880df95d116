package hv.flags;

import hv.api.Flags;
import hv.api.Problem;
import hv.api.Problem.Severity;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;

/** What a format found in a text. Filled by the format that read it, then only read; used by one thread. */
final class Reading {
    private final Flags flags;
    private final List<Problem> problems = new ArrayList<>();
    private final List<String> remarks = new ArrayList<>();
    private final List<String> unsaid = new ArrayList<>();
    private final List<Need> needs = new ArrayList<>();
    private final Set<String> settled = new HashSet<>();
    private Effect effect = Effect.FULL;
    private boolean isCorrectable = true;
    private Optional<Function<Flags, Written>> writer = Optional.empty();

    Reading(Flags flags, List<Problem> problems) {
        this.flags = flags;
        this.problems.addAll(problems);
    }

    /** Adds something that is wrong with the way the flags were written, or around them. */
    Reading problem(Problem problem) {
        problems.add(problem);
        return this;
    }

    /** Adds a line that is to be said before all else. */
    Reading remark(String line) {
        remarks.add(line);
        return this;
    }

    /** Adds what flags cannot say of the guest. */
    Reading unsaid(String line) {
        unsaid.add(line);
        return this;
    }

    /**
     * Something that the program which reads the text takes only since a version.
     *
     * @param what for people
     * @param flag without which it takes the text all the same; empty if there is none
     * @param since the first such version
     * @param concerns whether it stands in a text with these flags
     */
    record Need(String what, String flag, Release since, Predicate<Flags> concerns) {}

    /** Adds one. */
    Reading needs(Need need) {
        needs.add(need);
        return this;
    }

    /** The least effect that anything around the flags leaves them is what they have. */
    Reading effect(Effect found) {
        if (found.compareTo(effect) > 0) {
            effect = found;
        }
        return this;
    }

    /** What is usually to be said of a flag does not hold here. */
    Reading settles(Severity severity, String flag) {
        settled.add(severity + " " + flag);
        return this;
    }

    /** No other flags help. */
    Reading uncorrectable() {
        isCorrectable = false;
        return this;
    }

    /** How flags are written so that what stood around them stays as it was. */
    Reading writer(Function<Flags, Written> keeping) {
        writer = Optional.of(keeping);
        return this;
    }

    Flags flags() {
        return flags;
    }

    List<Problem> problems() {
        return List.copyOf(problems);
    }

    List<String> remarks() {
        return List.copyOf(remarks);
    }

    List<String> unsaid() {
        return List.copyOf(unsaid);
    }

    List<Need> needs() {
        return List.copyOf(needs);
    }

    Effect effect() {
        return effect;
    }

    boolean isSettled(Problem problem) {
        return settled.contains(problem.severity() + " " + problem.flag());
    }

    boolean isCorrectable() {
        return isCorrectable;
    }

    Optional<Function<Flags, Written>> writer() {
        return writer;
    }
}
