package hv.console;

import hv.explain.Page;
import java.io.PrintStream;

/**
 * Shows a page: each section a title and under it labels and texts in two columns, the texts wrapped to the terminal.
 */
final class PagePrinter {
    private static final int MARGIN = 2;
    private static final int GAP = 2;

    private PagePrinter() {}

    static void print(Page page, PrintStream out, Screen screen) {
        boolean isFirst = true;
        for (Page.Section section : page.sections()) {
            if (!isFirst) {
                out.println();
            }
            isFirst = false;
            out.println(screen.paint(Screen.Style.BOLD, section.title()));
            int labels = section.rows().stream()
                    .mapToInt(row -> row.label().length())
                    .max()
                    .orElse(0);
            for (Page.Row row : section.rows()) {
                int gap = labels + GAP - row.label().length();
                out.println(" ".repeat(MARGIN)
                        + screen.paint(Screen.Style.CYAN, row.label())
                        + " ".repeat(gap)
                        + screen.wrap(row.text(), MARGIN + labels + GAP));
            }
        }
    }
}
