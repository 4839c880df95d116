package hv.guest;

import hv.api.StateException;
import hv.api.machine.SectionReader;
import hv.guest.VpReport.Outcome;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** What has come of the parts so far. Used by the interpreter's thread only. */
final class Totals {
    private static final List<String> NAMES = List.of("Ok", "Failed", "Skipped");
    private static final String OFFERED = "Offered";
    private static final String ABSENT = "NotOffered";

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

    void save(Map<String, Long> to) {
        for (Outcome outcome : Outcome.values()) {
            to.put(NAMES.get(outcome.ordinal()), (long) runs.getOrDefault(outcome, 0));
        }
        to.put(OFFERED, (long) offered);
        to.put(ABSENT, (long) absent);
    }

    void restore(SectionReader from) throws StateException {
        for (Outcome outcome : Outcome.values()) {
            int count = from.value(NAMES.get(outcome.ordinal()), 0, Integer.MAX_VALUE / 2);
            if (count != 0) {
                runs.put(outcome, count);
            }
        }
        offered = from.value(OFFERED, 0, Integer.MAX_VALUE / 2);
        absent = from.value(ABSENT, 0, Integer.MAX_VALUE / 2);
    }
}
