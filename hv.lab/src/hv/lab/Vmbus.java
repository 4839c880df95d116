package hv.lab;

import hv.lab.linux.GuestReport;
import hv.lab.linux.Heartbeats;
import hv.lab.linux.VmbusChecks;
import hv.lab.report.Row;
import hv.lab.session.Section;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A stock Linux with its own drivers for VMBus; the host sees its heartbeat, and has it power itself off. */
final class Vmbus implements Scenario {
    @Override
    public String name() {
        return "vmbus";
    }

    @Override
    public int limitSeconds() {
        return 300;
    }

    @Override
    public Optional<String> archive() {
        return Optional.of("vmbus");
    }

    @Override
    public List<Row> judge(Section own, Map<String, Section> all) {
        GuestReport report = new GuestReport(own);
        List<Row> rows = new ArrayList<>(new VmbusChecks(name(), report).rows());
        rows.add(new Heartbeats(own).alive(name(), "the host sees that it is alive"));
        boolean isOrderly = report.value("orderly")
                .filter(how -> how.startsWith("poweroff"))
                .isPresent();
        rows.add(Row.of(
                name(),
                "at SIGTERM it powers itself off",
                isOrderly && own.status().orElse(1) == 0,
                isOrderly ? "" : own.lastWords()));
        return rows;
    }
}
