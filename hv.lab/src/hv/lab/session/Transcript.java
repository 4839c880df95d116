package hv.lab.session;

import hv.lab.session.Section.Line;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Takes the lines of level 1's serial line apart into sections. Markers are lines of their own: {@code @@ begin NAME}
 * and {@code @@ end NAME STATUS SECONDS}. A guest can print them too, so a marker counts only where it is due.
 *
 * <p>For one thread.
 */
public final class Transcript {
    private static final Pattern BEGIN = Pattern.compile("@@ begin ([a-z-]+)");
    private static final Pattern END = Pattern.compile("@@ end ([a-z-]+) (\\d{1,3}) (\\d{1,6}(?:\\.\\d{1,3})?)");

    /** What guests can print is bounded by their time; what is kept of it is bounded here. */
    private static final int MOST_LINES = 200_000;

    private final Map<String, Section> ended = new LinkedHashMap<>();
    private final List<Line> lines = new ArrayList<>();
    private String open;
    private double begun;

    /** The next line, without its end, and when it arrived, in seconds since the session's start. */
    public void add(double arrived, String raw) {
        String text = raw.replace("\r", "");
        Matcher begin = BEGIN.matcher(text);
        Matcher end = END.matcher(text);
        if (open == null && begin.matches()) {
            open = begin.group(1);
            begun = arrived;
            lines.clear();
        } else if (open != null && end.matches() && end.group(1).equals(open)) {
            close(OptionalInt.of(Integer.parseInt(end.group(2))), Double.parseDouble(end.group(3)));
        } else if (open != null && lines.size() < MOST_LINES) {
            lines.add(new Line(arrived, text));
        }
    }

    /** No more lines come: a section that is open has no status. */
    public void finish() {
        if (open != null) {
            close(OptionalInt.empty(), 0);
        }
    }

    /** Sections by name, in the order in which they came. */
    public Map<String, Section> sections() {
        return new LinkedHashMap<>(ended);
    }

    private void close(OptionalInt status, double seconds) {
        ended.put(open, new Section(open, begun, lines, status, seconds));
        open = null;
    }
}
