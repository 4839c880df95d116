package hv.replay;

import hv.flags.Shown;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What came of replaying a file. Immutable.
 *
 * @param file the file
 * @param operations how many operations were replayed
 * @param differences how many of them had another outcome
 * @param first the first of these, at most {@value Replayer#SHOWN_DIFFERENCES}
 * @param skipped how many were done without comparing the outcome, by the reason
 * @param refusal why the guest could not be started, or not go on to the end, one line; empty if it could
 */
public record FileReport(
        Path file,
        int operations,
        int differences,
        List<Difference> first,
        SortedMap<String, Integer> skipped,
        String refusal) {
    /** Copies the list and the map. */
    public FileReport {
        first = List.copyOf(first);
        skipped = Collections.unmodifiableSortedMap(new TreeMap<>(skipped));
    }

    static FileReport refused(Path file, String why) {
        return new FileReport(file, 0, 0, List.of(), Collections.emptySortedMap(), why);
    }

    /** Whether everything was as recorded. */
    public boolean passed() {
        return differences == 0 && refusal.isEmpty();
    }

    /** The whole of it for people: one line, and several for each difference shown. */
    public String text() {
        StringBuilder text = new StringBuilder(Shown.file(file)).append(": ");
        if (!refusal.isEmpty()) {
            return text.append(refusal).toString();
        }
        text.append(operations).append(" operations, ").append(differences).append(" differences");
        skipped.forEach((reason, count) -> text.append("\n  ")
                .append(count)
                .append(" operations skipped: ")
                .append(reason));
        first.forEach(difference -> text.append('\n').append(difference.text()));
        return text.toString();
    }
}
