package hv.lab;

import hv.lab.linux.GuestReport;
import hv.lab.report.Row;
import hv.lab.session.Section;
import java.util.ArrayList;
import java.util.List;

/** What has to hold for a guest's disks, whatever is done under it. No state. */
final class DiskChecks {
    private DiskChecks() {}

    /** What the guest has seen of its disks until it powers itself off. */
    static List<Row> of(String scenario, Section own) {
        GuestReport report = new GuestReport(own);
        List<Row> rows = new ArrayList<>();
        String run = report.value("blocks run").orElse("not said");
        rows.add(Row.of(scenario, "500 MiB without cache, each block as it was written", isRight(run), run));
        List<String> sums = report.values("sums");
        boolean isSame = !sums.isEmpty()
                && sums.stream().allMatch("good"::equals)
                && report.values("copy wrong").isEmpty();
        rows.add(Row.of(scenario, "files are what they were", isSame, String.join(" ", sums)));
        String plugged = report.value("plugged").orElse("not said");
        String resized = report.value("resized").orElse("not said");
        rows.add(Row.of(
                scenario,
                "a disk is plugged in and becomes larger",
                plugged.equals("32768") && resized.equals("65536"),
                "%s, then %s blocks".formatted(plugged, resized)));
        String complaints = report.value("complaints").orElse("not said");
        rows.add(Row.of(scenario, "errors of disks and file systems", complaints.equals("0"), complaints));
        String trouble = report.value("trouble").orElse("not said");
        rows.add(Row.of(scenario, "lockups, RCU stalls, kernel bugs", trouble.equals("0"), trouble));
        boolean isDone = report.value("done").isPresent();
        rows.add(Row.of(scenario, "the guest comes to its end", isDone, isDone ? "" : own.lastWords()));
        return rows;
    }

    private static boolean isRight(String run) {
        return run.contains(" wrong=0 failed=0 ");
    }
}
