package hv.guest;

import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/** The lines of the report, as the kernel writes them ({@code kernel/parts.s}). */
final class HostedReport {
    private final PrintStream out;

    HostedReport(OutputStream out) {
        this.out = new PrintStream(out, true, StandardCharsets.US_ASCII);
    }

    /** A line of the program itself. */
    void line(String text) {
        write("hv-guest: " + text);
    }

    /** A line of the table about one VP. */
    void row(String part, int column, int vp, String outcome, String text) {
        write("%-" + column + "s%-5s %-6s%s", part, "vp " + vp, outcome, text);
    }

    /** A line of the table about no VP. */
    void row(String part, int column, String text) {
        write("%-" + column + "s%s", part, text);
    }

    private void write(String format, Object... arguments) {
        String line = arguments.length == 0 ? format : format.formatted(arguments);
        out.print(line.stripTrailing() + "\n");
    }
}
