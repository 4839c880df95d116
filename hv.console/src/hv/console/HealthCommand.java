package hv.console;

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
            if (!print(partition)) {
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
