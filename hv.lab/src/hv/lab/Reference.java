package hv.lab;

import hv.lab.linux.BootLog;
import hv.lab.linux.Differences;
import hv.lab.linux.Differences.Difference;
import hv.lab.linux.GuestReport;
import hv.lab.report.Row;
import hv.lab.report.Row.Counts;
import hv.lab.rig.Rig;
import hv.lab.session.Section;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * The same kernel with the same initial RAM disk on the kernel's own Hyper-V code, under the smallest loader, and how the boot under hv
 * compares with it: the log, and the time from the start of the process to the guest's shell.
 */
final class Reference implements Scenario {
    /** hv may take half as long again. */
    private static final double MOST_RATIO = 1.5;

    @Override
    public String name() {
        return "reference";
    }

    @Override
    public int limitSeconds() {
        return 180;
    }

    @Override
    public Optional<String> whyLeftOut(Rig rig) {
        return rig.loader().isPresent()
                ? Optional.empty()
                : Optional.of("its loader needs a C compiler; install the packages gcc and libc6-dev");
    }

    @Override
    public List<Row> judge(Section own, Map<String, Section> all) {
        List<Row> rows = new ArrayList<>();
        GuestReport reference = new GuestReport(own);
        OptionalDouble shell = reference.secondsTo("shell");
        boolean isBooted = shell.isPresent() && reference.value("done").isPresent();
        rows.add(Row.of(name(), "boots to its shell", isBooted, reference.timeToShell()));
        Optional<GuestReport> hv = Optional.ofNullable(all.get("linux")).map(GuestReport::new);
        if (isBooted && hv.isPresent()) {
            compareLogs(BootLog.of(hv.get().log()), BootLog.of(reference.log()), rows);
            compareTimes(hv.get().secondsTo("shell"), shell.getAsDouble(), rows);
        } else {
            rows.add(Row.skipped(name(), "comparison", "only one of the two boots is there"));
        }
        return rows;
    }

    private void compareLogs(BootLog hv, BootLog reference, List<Row> rows) {
        List<Difference> differences = Differences.between(hv, reference);
        long unexplained = differences.stream()
                .filter(difference -> difference.reason().isEmpty())
                .count();
        rows.add(Row.of(
                name(),
                "differences of the logs that nobody can explain",
                unexplained == 0,
                "%d of %d, in %d lines"
                        .formatted(
                                unexplained,
                                differences.size(),
                                reference.lines().size())));
        for (Difference difference : differences) {
            rows.add(new Row(
                    name(),
                    switch (difference.side()) {
                        case HV -> "only hv's guest says";
                        case REFERENCE -> "only the reference's guest says";
                    },
                    "%s (%s)".formatted(difference.line(), difference.reason().orElse("unexplained")),
                    Counts.NONE));
        }
    }

    private void compareTimes(OptionalDouble hv, double reference, List<Row> rows) {
        double ratio = hv.orElse(Double.POSITIVE_INFINITY) / reference;
        rows.add(Row.of(
                name(),
                "time to the shell, hv's over the reference's",
                ratio <= MOST_RATIO,
                String.format(Locale.ROOT, "%.2f, at most %.1f", ratio, MOST_RATIO)));
    }
}
