package hv.console;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;

/**
 * Rows with aligned columns, left-aligned, two spaces apart. On a terminal the head is bold and the last column is
 * wrapped to the width. Used by one thread.
 */
final class Table {
    private static final int GAP = 2;

    private final List<String[]> rows = new ArrayList<>();

    Table(String... head) {
        rows.add(head);
    }

    Table row(Object... cells) {
        String[] row = new String[cells.length];
        for (int i = 0; i < cells.length; i++) {
            row[i] = String.valueOf(cells[i]);
        }
        rows.add(row);
        return this;
    }

    void print(PrintStream out) {
        print(out, Screen.current());
    }

    void print(PrintStream out, Screen screen) {
        int columns = rows.get(0).length;
        int[] width = new int[columns];
        for (String[] row : rows) {
            for (int i = 0; i < columns; i++) {
                width[i] = Math.max(width[i], Screen.width(row[i]));
            }
        }
        int last = 0;
        for (int i = 0; i < columns - 1; i++) {
            last += width[i] + GAP;
        }
        boolean isHead = true;
        for (String[] row : rows) {
            StringBuilder line = new StringBuilder();
            for (int i = 0; i < columns; i++) {
                String cell = i == columns - 1 ? screen.wrap(row[i], last) : row[i];
                line.append(isHead ? screen.paint(Screen.Style.BOLD, cell) : cell)
                        .append(" ".repeat(Math.max(0, width[i] + GAP - Screen.width(row[i]))));
            }
            out.println(line.toString().stripTrailing());
            isHead = false;
        }
    }
}
