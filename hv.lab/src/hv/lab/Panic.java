package hv.lab;

import hv.lab.linux.GuestReport;
import hv.lab.report.Row;
import hv.lab.session.Section;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** A stock Linux that panics under hv, which prints the five crash parameters. */
final class Panic implements Scenario {
    private static final String PARAMETER = "0x[0-9a-f]+";

    /** On the console, when it happens. */
    private static final Pattern SAID =
            Pattern.compile("HV crash parameters: \\((%1$s(?: %1$s){4})\\)".formatted(PARAMETER));

    /** A row of {@code hv:crash}: when, partition, VP, parameters. */
    private static final Pattern SHOWN =
            Pattern.compile("Z +\\d+ +\\d+ +(%1$s(?: +%1$s){4})\\s*$".formatted(PARAMETER));

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
        return List.of(
                Row.of(name(), "the guest panics", isPanicked, isPanicked ? "" : own.lastWords()),
                parameters("its crash report has five parameters, on the console", own, SAID),
                parameters("the same, in hv:crash", own, SHOWN));
    }

    private Row parameters(String what, Section own, Pattern pattern) {
        String found =
                own.matches(pattern).map(match -> match.group(1)).findFirst().orElse("");
        return Row.of(name(), what, !found.isEmpty(), found.isEmpty() ? "there is none" : found.replaceAll(" +", " "));
    }
}
