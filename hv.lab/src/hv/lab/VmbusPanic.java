package hv.lab;

import hv.lab.linux.GuestReport;
import hv.lab.report.Row;
import hv.lab.session.Section;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A stock Linux with VMBus that panics. It unloads the bus with interrupts off, and polls for the answer, for 100
 * seconds at most, telling every 5 seconds that it waits; only then does it report the crash.
 */
final class VmbusPanic implements Scenario {
    private static final Pattern WAITS = Pattern.compile("Waiting for VMBus UNLOAD.*|.*UNLOAD did not complete.*");
    private static final Pattern REPORTED = Pattern.compile("guest crashed.*");

    @Override
    public String name() {
        return "vmbus-panic";
    }

    @Override
    public int limitSeconds() {
        return 200;
    }

    @Override
    public Optional<String> archive() {
        return Optional.of("vmbus");
    }

    @Override
    public List<Row> judge(Section own, Map<String, Section> all) {
        GuestReport report = new GuestReport(own);
        boolean hasBus = report.values("module").contains("hv_utils")
                && report.value("panic").isPresent();
        String waits =
                own.matches(WAITS).map(match -> match.group()).findFirst().orElse("");
        String reported =
                own.matches(REPORTED).map(match -> match.group()).findFirst().orElse("");
        return List.of(
                Row.of(name(), "the guest panics with its drivers loaded", hasBus, hasBus ? "" : own.lastWords()),
                Row.of(name(), "it need not wait for the end of the bus", hasBus && waits.isEmpty(), waits),
                Row.of(name(), "it comes to its crash report", !reported.isEmpty(), reported));
    }
}
