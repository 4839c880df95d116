package hv.soak;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What came of a soak. Immutable; any thread.
 *
 * @param spec what was to be done
 * @param seconds how long the guest was at work
 * @param rows the counts of both sides, VP by VP, then of all VPs together
 * @param violations everything that must not be, one line each; differences of counts among them
 * @param messagesPerSecond how many messages the guest got from the host, all VPs together
 * @param backPressure how often a message of the host found the queue full and was sent later
 * @param latest100ns longest time from a timer's expiration to its message, in 100 ns
 * @param earlyHeapBytes heap in use, garbage collected, after a fifth of the time
 * @param lateHeapBytes the same at the end
 */
public record SoakReport(
        SoakSpec spec,
        double seconds,
        List<Row> rows,
        List<String> violations,
        double messagesPerSecond,
        long backPressure,
        long latest100ns,
        long earlyHeapBytes,
        long lateHeapBytes) {
    private static final int MOST_VIOLATIONS = 100;

    /** Copies the lists; of very many violations it keeps the first. */
    public SoakReport {
        rows = List.copyOf(rows);
        violations = List.copyOf(violations.subList(0, Math.min(violations.size(), MOST_VIOLATIONS)));
    }

    /**
     * One count, taken on both sides.
     *
     * @param vp the VP, or -1 for all together
     * @param what what was counted
     * @param hostSays what the host counted
     * @param host how many
     * @param guestSays what the guest counted
     * @param guest how many; must be the same
     */
    public record Row(int vp, String what, String hostSays, long host, String guestSays, long guest) {}

    /** Whether nothing was lost, nothing came twice or out of order, and nothing grew. */
    public boolean isClean() {
        return violations.isEmpty();
    }

    /** A table of the counts, then the rates, then what was wrong, a line each. */
    public List<String> lines() {
        List<String> lines = new ArrayList<>();
        for (Row row : rows) {
            lines.add(String.format(
                    Locale.ROOT,
                    "%-4s %-30s %-10s %12d   %-10s %12d%s",
                    row.vp() < 0 ? "all" : "vp " + row.vp(),
                    row.what(),
                    row.hostSays(),
                    row.host(),
                    row.guestSays(),
                    row.guest(),
                    row.host() == row.guest() ? "" : "  DIFFERENT"));
        }
        lines.add(String.format(
                Locale.ROOT,
                "%s, %d VPs, %.1f s: %.0f messages/s of %d wanted, queue full %d times, latest timer message %d us",
                spec.backend().name().toLowerCase(Locale.ROOT),
                spec.vps(),
                seconds,
                messagesPerSecond,
                spec.messagesPerSecond(),
                backPressure,
                latest100ns / 10));
        lines.add(String.format(
                Locale.ROOT,
                "heap after collection %d KiB early, %d KiB late",
                earlyHeapBytes >> 10,
                lateHeapBytes >> 10));
        violations.forEach(violation -> lines.add("WRONG " + violation));
        lines.add(isClean() ? "clean" : violations.size() + " violations");
        return lines;
    }
}
