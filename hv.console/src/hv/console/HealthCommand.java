package hv.console;

import hv.api.device.Devices;
import hv.api.device.GuestDevices;
import hv.api.device.GuestHealth;
import hv.api.dto.DeviceDTO;
import hv.api.dto.FailureDTO;
import hv.api.dto.PlaceDTO;
import hv.api.host.GuestPartition;
import hv.api.host.Hypervisor;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.apache.felix.service.command.CommandSession;
import org.apache.felix.service.command.Descriptor;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;

/**
 * {@code hv:health}: which bundle is in the place of each enlightenment, and whether a guest misses one. Status 1 if
 * one does.
 */
@Component(
        service = {HealthCommand.class, Documented.class},
        property = {"osgi.command.scope=hv", "osgi.command.function=health"})
public final class HealthCommand implements Documented {
    private static final Help HELP = new Help(
            "health",
            "[--deadline MILLISECONDS] [--partition ID]",
            "shows who is in the place of each enlightenment of a running guest; sets how long its VPs wait for one"
                    + " that is vacant",
            "health",
            List.of("--partition", "--deadline"));

    private final Hypervisor hypervisor;

    /** Null where nobody knows of devices. */
    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    private volatile Devices devices;

    /** For the component runtime. */
    @Activate
    public HealthCommand(@Reference Hypervisor hypervisor) {
        this.hypervisor = hypervisor;
    }

    @Override
    public Help help() {
        return HELP;
    }

    /** The command. */
    @Descriptor("shows who is in the place of each enlightenment of a running guest: hv:health")
    public void health(CommandSession session, @Descriptor("--deadline MS, --partition ID, --help") String... typed) {
        Arguments arguments = Arguments.of(HELP, typed);
        if (arguments.printedHelp()) {
            return;
        }
        arguments.words();
        for (GuestPartition partition : Guests.allRunning(hypervisor, arguments, Guests.START_ONE)) {
            arguments
                    .option("--deadline")
                    .map(text -> Duration.ofMillis(arguments.index("--deadline", text)))
                    .ifPresent(partition.places()::deadline);
            Devices known = devices;
            boolean isHealthy = print(partition);
            if (known != null
                    && !known.of(partition.id()).map(HealthCommand::isWhole).orElse(true)) {
                isHealthy = false;
            }
            if (!isHealthy) {
                ShellDoor.status(session, 1);
            }
        }
    }

    private static boolean print(GuestPartition partition) {
        List<PlaceDTO> slots = partition.places().all();
        List<String> missing = slots.stream()
                .filter(slot -> slot.promised() && slot.state() != PlaceDTO.State.IN_PLACE)
                .map(slot -> "hv-" + slot.id())
                .toList();
        System.out.println("partition " + partition.id()
                + (missing.isEmpty() ? ": healthy" : ": degraded, without " + String.join(" ", missing)));
        Table table = new Table(
                "ENLIGHTENMENT",
                "PLACE",
                "BUNDLE",
                "PROMISED",
                "SINCE s",
                "STATE B",
                "WAITING",
                "TIMEOUTS",
                "FAILURES");
        for (PlaceDTO slot : slots) {
            table.row(
                    slot.id(),
                    slot.state().name().toLowerCase(Locale.ROOT).replace('_', ' '),
                    slot.bundle(),
                    slot.promised() ? "yes" : "no",
                    Duration.between(slot.since(), Instant.now()).toSeconds(),
                    slot.stateBytes(),
                    slot.waitingVps(),
                    slot.timeouts(),
                    slot.failures());
        }
        table.print(System.out);
        printFailures(partition.places().failures());
        return missing.isEmpty();
    }

    /** Says whose place is vacant among the devices, and what they know of the guest; false if one is. */
    private static boolean isWhole(GuestDevices guest) {
        List<String> vacant = guest.all().stream()
                .filter(row -> row.state() != PlaceDTO.State.IN_PLACE)
                .map(DeviceDTO::name)
                .toList();
        if (!vacant.isEmpty()) {
            System.out.println("devices: vacant are " + String.join(" ", vacant));
        }
        for (DeviceDTO row : guest.all()) {
            guest.service(row.name(), GuestHealth.class)
                    .filter(door -> !vacant.contains(row.name()))
                    .ifPresent(door -> System.out.println("guest: %s by its %s, %d answers"
                            .formatted(door.health().name().toLowerCase(Locale.ROOT), row.name(), door.answers())));
        }
        return vacant.isEmpty();
    }

    /** What has gone wrong, and how often; nothing if nothing has. */
    private static void printFailures(List<FailureDTO> failures) {
        if (failures.isEmpty()) {
            return;
        }
        Table table = new Table("FAILED", "IN", "COUNT", "LAST s", "LAST FAILURE");
        for (FailureDTO failure : failures) {
            table.row(
                    failure.place(),
                    failure.callback(),
                    failure.count(),
                    Duration.between(failure.last(), Instant.now()).toSeconds(),
                    failure.message());
        }
        table.print(System.out);
    }
}
