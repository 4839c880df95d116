package hv.console;

import hv.api.dto.SwapDTO;
import hv.api.host.GuestPartition;
import hv.api.host.Hypervisor;
import hv.flags.Shown;
import java.io.IOException;
import java.util.List;
import org.apache.felix.service.command.CommandSession;
import org.apache.felix.service.command.Descriptor;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/**
 * {@code hv:swap}: replaces an enlightenment under running guests by another version of its bundle, or by a new object
 * of the one in place. Status 1 if a guest kept the old one.
 */
@Component(
        service = {SwapCommand.class, Documented.class},
        property = {"osgi.command.scope=hv", "osgi.command.function=swap"})
public final class SwapCommand implements Documented {
    private static final Help HELP = new Help(
            "swap",
            "NAME [FILE | SYMBOLIC.NAME;VERSION] [--partition ID]",
            "replaces an enlightenment under running guests: by a bundle from a file, by an installed one, or by a new object of the same",
            "swap time hv.time-0.1.1.jar",
            List.of("--partition"));

    private final Hypervisor hypervisor;
    private final BundleContext context;

    /** For the component runtime. */
    @Activate
    public SwapCommand(@Reference Hypervisor hypervisor, BundleContext context) {
        this.hypervisor = hypervisor;
        this.context = context;
    }

    @Override
    public Help help() {
        return HELP;
    }

    /** The command. */
    @Descriptor("replaces an enlightenment under running guests: hv:swap NAME [FILE | SYMBOLIC.NAME;VERSION]")
    public void swap(CommandSession session, @Descriptor("NAME, FILE, SYMBOLIC.NAME;VERSION, --help") String... typed)
            throws IOException {
        Arguments arguments = Arguments.of(HELP, typed);
        if (arguments.printedHelp()) {
            return;
        }
        List<String> words = arguments.words("an enlightenment, as time", 1);
        String id = words.get(0).replaceFirst("^hv[-_]", "");
        boolean isKnown =
                hypervisor.enlightenments().stream().anyMatch(row -> row.id().equals(id));
        if (!isKnown) {
            throw new UsageException("no active bundle offers hv-" + Shown.word(id) + "; 'list' shows those that are");
        }
        List<GuestPartition> partitions = Guests.allRunning(hypervisor, arguments, Guests.START_ONE).stream()
                .filter(partition -> partition.places().all().stream()
                        .anyMatch(slot -> slot.id().equals(id)))
                .toList();
        List<SwapDTO> rows = words.size() == 1
                ? partitions.stream()
                        .map(partition -> partition.places().swap(id, ""))
                        .toList()
                : new Replacement(hypervisor, context, id).takeOver(words.get(1), partitions);
        if (rows.isEmpty()) {
            System.out.println("no running guest has hv-" + id + "; the next one gets it");
            return;
        }
        SwapsCommand.table(rows).print(System.out);
        if (!rows.stream().allMatch(SwapDTO::succeeded)) {
            ShellDoor.status(session, 1);
        }
    }
}
