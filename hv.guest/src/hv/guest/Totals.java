package hv.guest;

import hv.guest.VpReport.Outcome;
import java.util.EnumMap;
import java.util.Map;

/** What has come of the parts so far. Used by the interpreter's thread only. */
final class Totals {
    private final Map<Outcome, Integer> runs = new EnumMap<>(Outcome.class);
    private int offered;
    private int absent;

    void add(Outcome outcome) {
        runs.merge(outcome, 1, Integer::sum);
    }

    void addOffered() {
        offered++;
    }

    void addAbsent() {
        absent++;
    }

    boolean hasFailures() {
        return runs.containsKey(Outcome.FAIL);
    }

    /** The closing line. */
    String line(String vcpus) {
        String skipped = runs.containsKey(Outcome.SKIP) ? runs.get(Outcome.SKIP) + " skipped, " : "";
        return "%d enlightenments on %s: %d ok, %d failed, %s%d not offered"
                .formatted(
                        offered,
                        vcpus,
                        runs.getOrDefault(Outcome.OK, 0),
                        runs.getOrDefault(Outcome.FAIL, 0),
                        skipped,
                        absent);
    }
}
