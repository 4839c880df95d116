package hv.lab.linux;

import hv.lab.report.Row;
import hv.lab.session.Section;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What {@code hv:device} says of a guest's heartbeat, each time that it was asked. Immutable. */
public final class Heartbeats {
    private static final Pattern ROW =
            Pattern.compile("\\bheartbeat +heartbeat +in place .*\\bopen\\b.*answers=(\\d+).*");
    private static final String ALIVE = "guest=alive";

    private final String[] rows;

    /** Reads what a scenario printed. */
    public Heartbeats(Section section) {
        rows = section.matches(ROW).map(match -> match.group()).toArray(String[]::new);
    }

    /** The guest answers at the end, and has done so since it was asked about first. */
    public Row goOn(String scenario, String what) {
        long[] answers = Stream.of(rows)
                .mapToLong(row -> Long.parseLong(ROW.matcher(row).replaceAll("$1")))
                .toArray();
        boolean grows = answers.length > 1 && answers[answers.length - 1] > answers[0];
        return Row.of(
                scenario,
                what,
                grows && rows[rows.length - 1].contains(ALIVE),
                answers.length == 0 ? "there is none" : String.join("; ", rows));
    }

    /** The guest has answered. */
    public Row alive(String scenario, String what) {
        String last = rows.length == 0 ? "there is none" : rows[rows.length - 1];
        return Row.of(scenario, what, last.contains(ALIVE), last);
    }
}
