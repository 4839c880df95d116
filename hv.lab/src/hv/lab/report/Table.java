package hv.lab.report;

import hv.lab.report.Row.Counts;
import java.io.PrintStream;
import java.util.List;
import java.util.function.Function;

/**
 * What the lab prints in the end.
 *
 * @param rows in the order of the scenarios
 */
public record Table(List<Row> rows) {
    /** Copies the list. */
    public Table {
        rows = List.copyOf(rows);
    }

    /** Over all rows. */
    public Counts sum() {
        return rows.stream().map(Row::counts).reduce(Counts.NONE, Counts::plus);
    }

    /** A line for each row, and the sum as the last line. */
    public void print(PrintStream out) {
        int scenario = width(Row::scenario);
        int what = width(Row::what);
        for (Row row : rows) {
            out.println("%s  %s  %s  %s"
                    .formatted(pad(row.scenario(), scenario), pad(row.what(), what), pad(row.outcome(), 7), row.value())
                    .stripTrailing());
        }
        out.println(sum());
    }

    private int width(Function<Row, String> column) {
        return rows.stream().map(column).mapToInt(String::length).max().orElse(0);
    }

    private static String pad(String text, int width) {
        return text + " ".repeat(width - text.length());
    }
}
