package hv.lab;

import hv.lab.linux.GuestReport;
import hv.lab.report.Row;
import hv.lab.session.Section;
import java.util.List;

/** What a scenario printed of {@code hv:shutdown}: how long it took from the command to the end of hv. Immutable. */
final class Shutdowns {
    private static final double MOST_SECONDS = 10;

    private final List<Double> took;
    private final boolean isOrderly;

    Shutdowns(Section section) {
        GuestReport report = new GuestReport(section);
        took = report.values("shutdown took").stream()
                .filter(text -> text.matches("\\d{1,6}\\.\\d s"))
                .map(text -> Double.valueOf(text.substring(0, text.length() - " s".length())))
                .toList();
        isOrderly = report.values("orderly").stream().anyMatch(how -> how.startsWith("poweroff"));
    }

    /** The guest has powered itself off so many times, and soon. */
    Row soon(String scenario, int times) {
        boolean isSoon = took.stream().allMatch(seconds -> seconds <= MOST_SECONDS);
        return Row.of(
                scenario,
                "hv:shutdown has it power itself off within 10 s",
                isOrderly && took.size() == times && isSoon,
                took.isEmpty() ? "it does not" : "after " + took + " s");
    }
}
