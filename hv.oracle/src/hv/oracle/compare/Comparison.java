package hv.oracle.compare;

import hv.lab.rig.UnusableException;
import hv.oracle.input.Case;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Counts what comes of one part's trials, and keeps the smallest input of each cause. For one thread. */
public final class Comparison {
    private static final int LONGEST_LIST = 40;

    private final String name;
    private final Trial trial;
    private final Accepted accepted;
    private final Map<String, Difference> unexplained = new LinkedHashMap<>();
    private final Map<String, Integer> times = new LinkedHashMap<>();
    private final Map<String, Integer> explained = new TreeMap<>();
    private final Map<Difference.Kind, Integer> kinds = new TreeMap<>();
    private int asked;

    /** Starts a comparison with nothing asked yet. */
    public Comparison(String name, Trial trial, Accepted accepted) {
        this.name = name;
        this.trial = trial;
        this.accepted = accepted;
    }

    /** Asks about one more. */
    public void ask(Case one) throws UnusableException, InterruptedException {
        asked++;
        for (Difference difference : trial.differences(one)) {
            Optional<String> reason = accepted.reason(difference);
            if (reason.isPresent()) {
                explained.merge(reason.get(), 1, Integer::sum);
                continue;
            }
            kinds.merge(difference.kind(), 1, Integer::sum);
            if (!unexplained.containsKey(difference.cause())) {
                Difference smallest = new Shrinker(trial, accepted).smallest(one, difference);
                unexplained.put(difference.cause(), difference);
                unexplained.put(smallest.cause(), smallest);
                times.merge(smallest.cause(), 1, Integer::sum);
            } else {
                times.merge(difference.cause(), 1, Integer::sum);
            }
        }
    }

    /** Whether all differences are explained. */
    public boolean isClean() {
        return kinds.isEmpty();
    }

    /** A line for each reason and for each cause. */
    public String report() {
        StringBuilder out = new StringBuilder();
        explained.forEach((reason, count) -> out.append("  %4d accepted: %s%n".formatted(count, reason)));
        times.keySet().stream().limit(LONGEST_LIST).forEach(cause -> {
            Difference difference = unexplained.get(cause);
            out.append("  %s, %d times, the smallest input:%n"
                    .formatted(difference.kind().title(), times.get(cause)));
            difference
                    .text()
                    .lines()
                    .forEach(line -> out.append("      ").append(line).append('\n'));
            out.append("    hv:      ").append(difference.hv()).append('\n');
            out.append("    program: ").append(difference.program()).append('\n');
        });
        if (times.size() > LONGEST_LIST) {
            out.append("  and %d more%n".formatted(times.size() - LONGEST_LIST));
        }
        return out.append(summary()).toString();
    }

    /** One line. */
    public String summary() {
        int accepts = explained.values().stream().mapToInt(Integer::intValue).sum();
        StringBuilder out = new StringBuilder("%s: %d asked, %d differences accepted".formatted(name, asked, accepts));
        for (Difference.Kind kind : Difference.Kind.values()) {
            out.append(", %d %s".formatted(kinds.getOrDefault(kind, 0), kind.title()));
        }
        return out.toString();
    }
}
