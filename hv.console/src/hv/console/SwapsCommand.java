package hv.console;

import hv.api.device.Devices;
import hv.api.dto.SwapDTO;
import hv.api.host.GuestPartition;
import hv.api.host.Hypervisor;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import org.apache.felix.service.command.Descriptor;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;

/** {@code hv:swaps}: what has happened to the enlightenments and devices of a running guest. */
@Component(
        service = {SwapsCommand.class, Documented.class},
        property = {"osgi.command.scope=hv", "osgi.command.function=swaps"})
public final class SwapsCommand implements Documented {
    private static final Help HELP = new Help(
            "swaps",
            "[--partition ID]",
            "shows what was swapped under a running guest: from, to, how long it paused, how much state went over",
            "swaps",
            List.of("--partition"));

    private static final DateTimeFormatter CLOCK =
            DateTimeFormatter.ofPattern("HH:mm:ss.SSS", Locale.ROOT).withZone(ZoneId.systemDefault());

    private final Hypervisor hypervisor;

    /** Null where nobody knows of devices. */
    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    private volatile Devices devices;

    /** For the component runtime. */
    @Activate
    public SwapsCommand(@Reference Hypervisor hypervisor) {
        this.hypervisor = hypervisor;
    }

    @Override
    public Help help() {
        return HELP;
    }

    /** The command. */
    @Descriptor("shows what was swapped under a running guest: hv:swaps")
    public void swaps(@Descriptor("--partition ID, --help") String... typed) {
        Arguments arguments = Arguments.of(HELP, typed);
        if (arguments.printedHelp()) {
            return;
        }
        arguments.words();
        for (GuestPartition partition : Guests.allRunning(hypervisor, arguments, Guests.START_ONE)) {
            List<SwapDTO> rows = new ArrayList<>(partition.places().history());
            Devices known = devices;
            if (known != null) {
                known.of(partition.id()).ifPresent(guest -> rows.addAll(guest.history()));
                rows.sort(Comparator.comparing(SwapDTO::when));
            }
            System.out.println("partition " + partition.id() + (rows.isEmpty() ? ": nothing was swapped" : ""));
            if (!rows.isEmpty()) {
                table(rows).print(System.out);
            }
        }
    }

    /** Rows for people. */
    static Table table(List<SwapDTO> rows) {
        Table table = new Table("WHEN", "WHAT", "NAME", "FROM", "TO", "PAUSE us", "STATE B", "OUTCOME");
        for (SwapDTO row : rows) {
            table.row(
                    CLOCK.format(row.when()),
                    row.kind().name().toLowerCase(Locale.ROOT),
                    row.id(),
                    row.from().isEmpty() ? "-" : row.from(),
                    row.to().isEmpty() ? "-" : row.to(),
                    row.succeeded() ? row.pauseMicros() : "-",
                    row.stateBytes(),
                    (row.succeeded() ? "" : "not done: ") + row.outcome());
        }
        return table;
    }
}
