package hv.faults.trial;

import hv.faults.trial.Row.Outcome;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;

/** Prints each trial when it is over, and the counts in the end. For one thread. */
public final class Report {
    private final PrintStream out;
    private final List<Row> rows = new ArrayList<>();

    /** Prints there. */
    public Report(PrintStream out) {
        this.out = out;
    }

    /** A trial is over. */
    public void add(Row row) {
        rows.add(row);
        out.println(row);
        out.flush();
    }

    /** A line that is no trial. */
    public void say(String line) {
        out.println(line);
    }

    /** All trials are over. */
    public void end() {
        out.printf(
                "%d passed, %d failed, %d skipped%n", count(Outcome.OK), count(Outcome.FAILED), count(Outcome.SKIPPED));
    }

    /** Whether something did not hold. */
    public boolean hasFailed() {
        return count(Outcome.FAILED) > 0;
    }

    private long count(Outcome outcome) {
        return rows.stream().filter(row -> row.outcome() == outcome).count();
    }
}
