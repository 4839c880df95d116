package hv.lab.linux;

import hv.lab.session.Section;
import hv.lab.session.Section.Line;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/** Sections for tests. */
public final class Sections {
    private Sections() {}

    /** One that came to its end; a line that starts with {@code +N} arrives N seconds after the one before. */
    public static Section of(String name, String text) {
        List<Line> lines = new ArrayList<>();
        double now = 0;
        for (String line : text.lines().toList()) {
            String words = line;
            if (line.startsWith("+")) {
                now += Double.parseDouble(line.substring(1, line.indexOf(' ')));
                words = line.substring(line.indexOf(' ') + 1);
            }
            lines.add(new Line(now, words));
        }
        return new Section(name, 0, lines, OptionalInt.of(0), now);
    }
}
