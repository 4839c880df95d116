package hv.console;

import hv.api.device.Devices;
import hv.api.device.GuestDevices;
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
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;

/**
 * {@code hv:swap}: replaces an enlightenment, a device or the bus of devices under running guests by another version of
 * its bundle, or by a new object of the one in place. Status 1 if a guest kept the old one.
 */
@Component(
        service = {SwapCommand.class, Documented.class},
        property = {"osgi.command.scope=hv", "osgi.command.function=swap"})
public final class SwapCommand implements Documented {
    private static final Help HELP = new Help(
            "swap",
            "NAME [FILE | SYMBOLIC.NAME;VERSION] [--partition ID]",
            "replaces an enlightenment or a device under running guests: by a bundle from a file, by an installed one, or by a"
                    + " new object of the same",
            "swap time hv.time-0.1.1.jar",
            List.of("--partition"));

    private final Hypervisor hypervisor;
    private final BundleContext context;

    /** Null where nobody knows of devices. */
    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    private volatile Devices devices;

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
    @Descriptor(
            "replaces an enlightenment or a device under running guests: hv:swap NAME [FILE | SYMBOLIC.NAME;VERSION]")
    public void swap(CommandSession session, @Descriptor("NAME, FILE, SYMBOLIC.NAME;VERSION, --help") String... typed)
            throws IOException {
        Arguments arguments = Arguments.of(HELP, typed);
        if (arguments.printedHelp()) {
            return;
        }
        List<String> words = arguments.words("an enlightenment or a device, as time", 1);
        String id = words.get(0).replaceFirst("^hv[-_]", "");
        List<SwapDTO> rows =
                hypervisor.enlightenments().stream().anyMatch(row -> row.id().equals(id))
                        ? enlightenment(id, words, arguments)
                        : device(words, arguments);
        if (rows.isEmpty()) {
            System.out.println("no running guest has hv-" + id + "; the next one gets it");
            return;
        }
        SwapsCommand.table(rows).print(System.out);
        if (!rows.stream().allMatch(SwapDTO::succeeded)) {
            ShellDoor.status(session, 1);
        }
    }

    private List<SwapDTO> enlightenment(String id, List<String> words, Arguments arguments) throws IOException {
        List<GuestPartition> partitions = Guests.allRunning(hypervisor, arguments, Guests.START_ONE).stream()
                .filter(partition -> partition.places().all().stream()
                        .anyMatch(slot -> slot.id().equals(id)))
                .toList();
        return words.size() == 1
                ? partitions.stream()
                        .map(partition -> partition.places().swap(id, ""))
                        .toList()
                : new Replacement(context, new EnlightenmentPlaces(hypervisor, id, partitions)).takeOver(words.get(1));
    }

    private List<SwapDTO> device(List<String> words, Arguments arguments) throws IOException {
        String name = words.get(0);
        List<GuestDevices> guests =
                hypervisor.partitions().isEmpty() ? List.of() : GuestsWithDevices.of(devices, hypervisor, arguments);
        String places = guests.isEmpty() ? "" : ", and no guest has such a device; so does 'device' for those";
        guests = guests.stream()
                .filter(guest -> guest.all().stream().anyMatch(row -> row.name().equals(name)))
                .toList();
        if (guests.isEmpty()) {
            throw new UsageException("no active bundle offers hv-%s; 'list' shows those that are%s"
                    .formatted(Shown.word(name.replaceFirst("^hv[-_]", "")), places));
        }
        return words.size() == 1
                ? guests.stream().map(guest -> guest.swap(name, "")).toList()
                : new Replacement(context, new DevicePlaces(devices, name, guests)).takeOver(words.get(1));
    }
}
