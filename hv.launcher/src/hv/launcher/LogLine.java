package hv.launcher;

import hv.launcher.run.Failure;
import java.util.logging.Formatter;
import java.util.logging.LogRecord;

/**
 * A record of the log as one line: {@code LEVEL LOGGER: TEXT}, and behind a colon what was thrown. Further lines of a
 * text, which may be a guest's, are indented, so that nothing but the log itself begins a line.
 */
public final class LogLine extends Formatter {
    private static final String NEXT_LINE = System.lineSeparator() + "    | ";

    /** For the log manager. */
    public LogLine() {}

    @Override
    public String format(LogRecord entry) {
        StringBuilder line = new StringBuilder()
                .append(entry.getLevel().getName())
                .append(' ')
                .append(entry.getLoggerName())
                .append(": ")
                .append(shown(formatMessage(entry)));
        Throwable thrown = entry.getThrown();
        if (thrown != null) {
            line.append(": ").append(Failure.line(thrown));
        }
        line.append(System.lineSeparator());
        if (thrown != null && Boolean.getBoolean(Failure.TRACES)) {
            for (StackTraceElement element : thrown.getStackTrace()) {
                line.append("    at ").append(element).append(System.lineSeparator());
            }
        }
        return line.toString();
    }

    private static String shown(String text) {
        return text.replaceAll("\\R", "\n")
                .replaceAll("[\\p{Cntrl}&&[^\n\t]]", ".")
                .replace("\n", NEXT_LINE);
    }
}
