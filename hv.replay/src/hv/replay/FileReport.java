package hv.replay;

import java.nio.file.Path;
import java.util.List;

/**
 * What came of replaying a file. Immutable.
 *
 * @param file the file
 * @param operations how many operations were replayed
 * @param differences how many of them had another outcome
 * @param first the first of these, at most {@value Replayer#SHOWN_DIFFERENCES}
 * @param refusal why the guest could not be started at all, one line; empty if it was
 */
public record FileReport(Path file, int operations, int differences, List<Difference> first, String refusal) {
    /** Copies the list. */
    public FileReport {
        first = List.copyOf(first);
    }

    /** Whether everything was as recorded. */
    public boolean passed() {
        return differences == 0 && refusal.isEmpty();
    }

    /** The whole of it for people: one line, and several for each difference shown. */
    public String text() {
        StringBuilder text = new StringBuilder(file.toString()).append(": ");
        if (!refusal.isEmpty()) {
            return text.append("the guest cannot be started: ").append(refusal).toString();
        }
        text.append(operations).append(" operations, ").append(differences).append(" differences");
        first.forEach(difference -> text.append('\n').append(difference.text()));
        return text.toString();
    }
}
