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

/**
 * The kernel of a later release with its own drivers for VMBus. Since 6.10 Linux takes the entropy that the host offers
 * and then makes the table empty (drivers/hv/hv_common.c, ms_hyperv_late_init): 36 bytes of head are left of it.
 */
final class VmbusNewer implements Scenario {
    private static final String EMPTY_TABLE = "36 bytes";

    @Override
    public String name() {
        return "vmbus-newer";
    }

    @Override
    public int limitSeconds() {
        return 400;
    }

    @Override
    public Optional<String> archive() {
        return Optional.of("newer");
    }

    @Override
    public List<Row> judge(Section own, Map<String, Section> all) {
        GuestReport report = new GuestReport(own);
        String kernel = report.value("kernel").orElse("not said");
        String entropy = report.value("entropy").orElse("not said");
        List<Row> rows = new ArrayList<>();
        rows.add(Row.of(name(), "its kernel is a later one", kernel.matches("(6\\.1\\d|[7-9]|\\d\\d).*"), kernel));
        rows.addAll(new VmbusChecks(name(), report).rows());
        rows.add(Row.of(
                name(),
                "the guest has taken the host's entropy, and made the table empty",
                entropy.equals(EMPTY_TABLE),
                entropy));
        rows.add(new Heartbeats(own).alive(name(), "the host sees that it is alive"));
        rows.add(new Shutdowns(own).soon(name(), 1));
        return rows;
    }
}
