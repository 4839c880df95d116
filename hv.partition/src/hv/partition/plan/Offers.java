package hv.partition.plan;

import hv.api.Problem;
import hv.api.Problem.Severity;
import hv.api.enlightenment.CpuidBits;
import hv.partition.failure.BundleCalls.Steps;
import hv.partition.failure.CallException;
import hv.partition.failure.Callback;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What enlightenments say about a configuration: the CPUID bits that they show, and what is wrong. One that fails to
 * say it cannot be promised to anybody, and that is a problem like others. Immutable.
 *
 * @param bits the bits, by id
 * @param problems all problems
 */
public record Offers(Map<String, List<CpuidBits>> bits, List<Problem> problems) {
    /** Nobody offers anything. */
    public static final Offers NONE = new Offers(Map.of(), List.of());

    /** More than anybody reads; keeps one that reports without end from using up all memory. */
    private static final int MOST_PROBLEMS = 100;

    /** Asks {@code entries}, which are enabled in {@code configuration}. */
    static Offers of(List<Catalogue.Entry> entries, FlagConfiguration configuration, Catalogue catalogue) {
        Map<String, List<CpuidBits>> bits = new TreeMap<>();
        List<Problem> problems = new ArrayList<>();
        catalogue
                .calls()
                .forEach(
                        entries,
                        (entry, steps) -> {
                            Offers one = ask(entry, configuration, steps);
                            steps.commit(() -> {
                                bits.putAll(one.bits);
                                problems.addAll(one.problems);
                            });
                        },
                        (entry, failure) -> problems.add(failed(entry, failure)));
        return new Offers(bits, problems);
    }

    /** Asks one. On a thread that may hang. */
    public static Offers ask(Catalogue.Entry entry, FlagConfiguration configuration, Steps steps) throws CallException {
        List<Problem> problems = new ArrayList<>();
        steps.enter(entry.callee(), Callback.CHECK);
        entry.enlightenment().check(configuration, problem -> {
            if (problems.size() == MOST_PROBLEMS) {
                throw new IllegalStateException("more than " + MOST_PROBLEMS + " problems");
            }
            problems.add(problem);
        });
        steps.enter(entry.callee(), Callback.CPUID);
        List<CpuidBits> bits = List.copyOf(entry.enlightenment().cpuid(configuration));
        return new Offers(Map.of(entry.id(), bits), List.copyOf(problems));
    }

    /** An enlightenment that fails before there is a guest. */
    public static Problem failed(Catalogue.Entry entry, CallException failure) {
        String flag = entry.descriptor().flag();
        return new Problem(
                Severity.WILL_NOT_START,
                flag,
                failure.getMessage(),
                "deploy a version that works, or leave out " + flag,
                flag + "=off");
    }

    /** The bits of all. */
    List<CpuidBits> allBits() {
        return bits.values().stream().flatMap(List::stream).toList();
    }
}
