package hv.lab;

import hv.lab.linux.GuestReport;
import hv.lab.report.Row;
import hv.lab.session.Section;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** A stock Linux that panics under hv, which prints the five crash parameters. */
final class Panic implements Scenario {
    private static final Pattern REPORT = Pattern.compile("guest crashed (.*)");
    private static final Pattern PARAMETER = Pattern.compile("0x[0-9a-f]+");
    private static final int PARAMETERS = 5;

    @Override
    public String name() {
        return "panic";
    }

    @Override
    public int limitSeconds() {
        return 120;
    }

    @Override
    public List<Row> judge(Section own, Map<String, Section> all) {
        boolean isPanicked = new GuestReport(own).value("panic").isPresent();
        String report =
                own.matches(REPORT).map(found -> found.group(1)).findFirst().orElse("");
        long parameters = PARAMETER.matcher(report).results().count();
        return List.of(
                Row.of(name(), "the guest panics", isPanicked, isPanicked ? "" : own.lastWords()),
                Row.of(
                        name(),
                        "its crash report has five parameters",
                        parameters == PARAMETERS,
                        report.isEmpty() ? "there is none" : report));
    }
}
