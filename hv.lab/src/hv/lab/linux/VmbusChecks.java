package hv.lab.linux;

import hv.lab.report.Row;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What has to hold in a Linux guest that loads its drivers for VMBus. The names and lines are those of Linux 6.1 and
 * 6.12: drivers/hv/vmbus_drv.c, connection.c and hv_util.c. For one thread.
 */
public final class VmbusChecks {
    /** The newest that Linux asks for. */
    private static final String VERSION = "hv_vmbus: Vmbus version:5.3";

    /** What the drivers say when something that they were offered does not work. */
    private static final Pattern COMPLAINT = Pattern.compile(
            "bus .*(unable|fail|error|invalid|timed? ?out|not supported|WARNING|unknown)", Pattern.CASE_INSENSITIVE);

    /** Class GUID, instance, state (3 is open), driver. */
    private static final Pattern DEVICE =
            Pattern.compile("\\{([0-9a-f-]{36})\\} \\{[0-9a-f-]{36}\\} state (\\d+) driver (\\S*)");

    private static final int OPEN = 3;

    /** A service and the class GUID by which hv_utils finds it (include/linux/hyperv.h). */
    private record Service(String name, String kind) {}

    private static final List<Service> SERVICES = List.of(
            new Service("shutdown", "0e0b6031-5213-4934-818b-38d90ced39db"),
            new Service("time synchronization", "9527e630-d0ae-497b-adce-e80ab0175caf"),
            new Service("heartbeat", "57164f39-9115-4e78-ab55-382f3bd5422d"));

    private final String scenario;
    private final GuestReport report;

    /** Checks of a guest in mode vmbus. */
    public VmbusChecks(String scenario, GuestReport report) {
        this.scenario = scenario;
        this.report = report;
    }

    /** All of them. */
    public List<Row> rows() {
        List<Row> rows = new ArrayList<>();
        List<String> log = report.values("bus");
        Optional<String> version =
                log.stream().filter(line -> line.contains("Vmbus version")).findFirst();
        rows.add(Row.of(
                scenario,
                "the guest's bus is up",
                version.filter(line -> line.contains(VERSION)).isPresent(),
                version.orElse("it is not")));
        SERVICES.forEach(service -> rows.add(bound(service)));
        rows.add(equal("the guest has the host's clock", "ptp", "hyperv"));
        rows.add(equal("the guest may not hibernate, so its memory may be ballooned", "hibernation", "0"));
        List<String> complaints = log.stream()
                .filter(line -> COMPLAINT.matcher("bus " + line).find())
                .toList();
        rows.add(Row.of(scenario, "the drivers do not complain", complaints.isEmpty(), String.join("; ", complaints)));
        rows.add(equal("lockups, RCU stalls, kernel bugs", "trouble", "0"));
        return rows;
    }

    private Row bound(Service service) {
        Optional<Matcher> found = report.values("device").stream()
                .map(DEVICE::matcher)
                .filter(device -> device.matches() && device.group(1).equals(service.kind()))
                .findFirst();
        boolean isOpen = found.filter(device -> Integer.parseInt(device.group(2)) == OPEN
                        && device.group(3).equals("hv_utils"))
                .isPresent();
        return Row.of(
                scenario,
                service.name() + " is bound to hv_utils",
                isOpen,
                found.map(Matcher::group).orElse("there is none"));
    }

    private Row equal(String what, String key, String wanted) {
        String said = report.value(key).orElse("not said");
        return Row.of(scenario, what, said.equals(wanted), said);
    }
}
