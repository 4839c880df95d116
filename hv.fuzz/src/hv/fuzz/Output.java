package hv.fuzz;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads what Jazzer prints, line by line. One thread. */
final class Output {
    private static final Pattern STATUS = Pattern.compile("#([0-9]+)\\s.*\\bcov: ([0-9]+).*");
    private static final Pattern UNITS = Pattern.compile("stat::number_of_executed_units:\\s*([0-9]+)");
    private static final String EXCEPTION = "== Java Exception: ";
    private static final String TIMEOUT = "ALARM: ";
    private static final String END = "== libFuzzer crashing input ==";
    private static final int LAST_LINES = 40;

    private long inputs;
    private long edges;
    private long operations;
    private boolean isInFinding;
    private final List<String> finding = new ArrayList<>();
    private final Deque<String> last = new ArrayDeque<>();

    void line(String line) {
        Matcher status = STATUS.matcher(line);
        Matcher units = UNITS.matcher(line);
        if (line.startsWith(Inputs.OPERATIONS)) {
            operations = Long.parseLong(line.substring(Inputs.OPERATIONS.length()));
        } else if (status.matches()) {
            inputs = Long.parseLong(status.group(1));
            edges = Long.parseLong(status.group(2));
        } else if (units.matches()) {
            inputs = Long.parseLong(units.group(1));
        } else {
            text(line);
        }
    }

    private void text(String line) {
        if (line.startsWith(EXCEPTION) || line.startsWith(TIMEOUT)) {
            isInFinding = true;
        } else if (line.equals(END)) {
            isInFinding = false;
        }
        if (isInFinding) {
            finding.add(line.startsWith(EXCEPTION) ? line.substring(EXCEPTION.length()) : line);
        }
        if (last.size() == LAST_LINES) {
            last.removeFirst();
        }
        last.addLast(line);
    }

    /** Exception and stack of what was found, or the last lines if there was none. */
    List<String> story() {
        return finding.isEmpty() ? List.copyOf(last) : List.copyOf(finding);
    }

    Figures figures(int findings) {
        return new Figures(inputs, operations, edges, findings);
    }
}
