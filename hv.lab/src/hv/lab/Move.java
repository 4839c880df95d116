package hv.lab;

import hv.lab.linux.GuestReport;
import hv.lab.linux.StormChecks;
import hv.lab.report.Row;
import hv.lab.session.Section;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A stock Linux saved in the middle of a storm, and continued in another process after the first was killed. */
final class Move implements Scenario {
    @Override
    public String name() {
        return "move";
    }

    @Override
    public int limitSeconds() {
        return 300;
    }

    @Override
    public List<Row> judge(Section own, Map<String, Section> all) {
        GuestReport report = new GuestReport(own);
        boolean isKilled = report.value("killed").isPresent();
        List<Row> rows = new ArrayList<>();
        rows.add(Row.of(name(), "is saved, and its process killed", isKilled, isKilled ? "" : own.lastWords()));
        rows.addAll(new StormChecks(name(), report).rows());
        return rows;
    }
}
