package hv.lab;

import hv.lab.linux.GuestReport;
import hv.lab.linux.Heartbeats;
import hv.lab.linux.StormChecks;
import hv.lab.report.Row;
import hv.lab.session.Section;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A stock Linux with VMBus saved in the middle of a storm, and continued in another process with its channels open. */
final class VmbusMove implements Scenario {
    @Override
    public String name() {
        return "vmbus-move";
    }

    @Override
    public int limitSeconds() {
        return 400;
    }

    @Override
    public Optional<String> archive() {
        return Optional.of("vmbus");
    }

    @Override
    public List<Row> judge(Section own, Map<String, Section> all) {
        GuestReport report = new GuestReport(own);
        boolean isKilled = report.value("killed").isPresent();
        List<Row> rows = new ArrayList<>();
        rows.add(Row.of(name(), "is saved, and its process killed", isKilled, isKilled ? "" : own.lastWords()));
        rows.add(new Heartbeats(own.from("lab: killed"))
                .alive(name(), "the guest answers in the process that it goes on in"));
        rows.addAll(new StormChecks(name(), report).rows());
        return rows;
    }
}
