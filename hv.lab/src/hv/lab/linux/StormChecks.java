package hv.lab.linux;

import hv.lab.report.Row;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What has to hold in a Linux guest while something is done to it that it must not notice: its ticks come one after the
 * other, its memory and clocks are right, its kernel has nothing to say.
 */
public final class StormChecks {
    /**
     * Between two ticks a guest sleeps a second. With all processors busy it wakes late, and latest while a process
     * that goes on with it is cold (4 s were seen); a clock that jumped by the time that the guest was away, 10 s and
     * more in the emulator, is beyond this.
     */
    private static final double MOST_GAP_SECONDS = 8;

    private final String scenario;
    private final GuestReport report;
    private final List<Row> rows = new ArrayList<>();

    /** Checks of a guest in mode storm. */
    public StormChecks(String scenario, GuestReport report) {
        this.scenario = scenario;
        this.report = report;
    }

    /** All of them. */
    public List<Row> rows() {
        rows.clear();
        Optional<String> done = report.value("done");
        rows.add(Row.of(
                scenario, "the guest comes to its end", done.equals(Optional.of("storm")), done.orElse("it does not")));
        ticks();
        zero("stale translations used", report.storm("run", "stale"));
        zero("CLOCK_MONOTONIC went back", report.storm("run", "backwards"));
        zero("wake-ups between processors that went wrong", report.storm("ping", "wrong"));
        zero("lockups, RCU stalls, kernel bugs", report.value("trouble").map(Long::valueOf));
        return List.copyOf(rows);
    }

    /**
     * A tick that was said twice, before and after a move, counts as it was said last. The line of one may be torn by
     * what the console prints meanwhile; its neighbours then tell that the clock went on.
     */
    private void ticks() {
        TreeMap<Integer, Double> ticks = new TreeMap<>();
        for (String tick : report.values("tick")) {
            String[] words = tick.split(" ");
            if (words.length == 2 && words[0].matches("\\d{1,6}") && words[1].matches("\\d{1,8}\\.\\d+")) {
                ticks.put(Integer.parseInt(words[0]), Double.parseDouble(words[1]));
            }
        }
        double gap = 0;
        double least = Double.POSITIVE_INFINITY;
        double before = Double.NaN;
        for (double tick : ticks.values()) {
            if (!Double.isNaN(before)) {
                gap = Math.max(gap, tick - before);
                least = Math.min(least, tick - before);
            }
            before = tick;
        }
        rows.add(Row.of(
                scenario,
                "the guest's clock goes on, second by second",
                ticks.size() > 1 && gap <= MOST_GAP_SECONDS && least > 0,
                ticks.isEmpty()
                        ? "no ticks"
                        : String.format(
                                Locale.ROOT,
                                "%d of %d ticks read, %.2f s apart at most",
                                ticks.size(),
                                ticks.lastKey() + 1,
                                gap)));
    }

    private void zero(String what, Optional<Long> number) {
        rows.add(Row.of(
                scenario,
                what,
                number.equals(Optional.of(0L)),
                number.map(String::valueOf).orElse("not said")));
    }
}
