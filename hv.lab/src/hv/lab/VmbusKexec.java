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

/** A stock Linux with VMBus starts another kernel in its own place: the bus and its services come up again. */
final class VmbusKexec implements Scenario {
    @Override
    public String name() {
        return "vmbus-kexec";
    }

    @Override
    public int limitSeconds() {
        return 500;
    }

    @Override
    public Optional<String> archive() {
        return Optional.of("vmbus");
    }

    @Override
    public List<Row> judge(Section own, Map<String, Section> all) {
        Section afterwards = own.from("lab: going on with another kernel");
        long shells = new GuestReport(afterwards).values("shell").size();
        List<Row> rows = new ArrayList<>();
        rows.add(Row.of(
                name(),
                "starts another kernel, once, without its machine being reset",
                shells == 1,
                shells == 1 ? "" : own.lastWords()));
        rows.addAll(new VmbusChecks(name(), new GuestReport(afterwards)).rows());
        rows.add(new Heartbeats(afterwards).alive(name(), "the host sees that it is alive"));
        rows.add(new Shutdowns(afterwards).soon(name(), 1));
        return rows;
    }
}
