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
 * The same kernel with the same initial RAM disk on the kernel's own Hyper-V code, under the smallest loader, and how
 * the boot under hv compares with it: the log, and the time that the guest takes to its shell.
 *
 * <p>That time is compared twice: on the guest's own clock, which starts with the kernel, and on this machine's, from
 * when the machine begins to be made. hv's kernel is unpacked before its clock starts, the reference's by itself before
 * its clock starts. The time from the start of the process is shown and not judged: in an emulator a JVM and an OSGi
 * framework take ten times as long as outside, and are ready before they know of a guest.
 */
final class Reference implements Scenario {
    /** Two, because time counts: a JVM compiles beside the guest, which has one or two processors of its own. */
    static final int OUTER_PROCESSORS = 2;

    /** hv may take half as long again. */
    private static final double MOST_RATIO = 1.5;

    @Override
    public String name() {
        return "reference";
    }

    @Override
    public int outerProcessors(int smp) {
        return OUTER_PROCESSORS;
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
        boolean isBooted =
                reference.value("shell").isPresent() && reference.value("done").isPresent();
        rows.add(Row.of(name(), "boots to its shell", isBooted, reference.timeToShell()));
        Optional<GuestReport> hv = Optional.ofNullable(all.get("linux")).map(GuestReport::new);
        if (isBooted && hv.isPresent()) {
            compareLogs(BootLog.of(hv.get().log()), BootLog.of(reference.log()), rows);
            compareTimes(hv.get(), reference, rows);
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

    private void compareTimes(GuestReport hv, GuestReport reference, List<Row> rows) {
        compare(
                "time to the shell on the guest's clock",
                hv.guestSecondsToShell(),
                reference.guestSecondsToShell(),
                rows);
        OptionalDouble shell = reference.secondsTo("shell");
        compare("time to the shell since the machine began to be made", hv.secondsFromLoading(), shell, rows);
        hv.secondsTo("shell")
                .ifPresent(all -> rows.add(new Row(
                        name(),
                        "time to the shell since the process began, not judged",
                        seconds(all, shell.orElse(Double.NaN)),
                        Counts.NONE)));
    }

    private void compare(String what, OptionalDouble hv, OptionalDouble reference, List<Row> rows) {
        boolean isKnown = hv.isPresent() && reference.isPresent();
        rows.add(Row.of(
                name(),
                what,
                isKnown && hv.getAsDouble() <= MOST_RATIO * reference.getAsDouble(),
                isKnown
                        ? seconds(hv.getAsDouble(), reference.getAsDouble()) + ", at most " + MOST_RATIO
                        : "one of the two is not known"));
    }

    private static String seconds(double hv, double reference) {
        return String.format(Locale.ROOT, "%.2f s to %.2f s, ratio %.2f", hv, reference, hv / reference);
    }
}
