package hv.console;

import hv.api.device.Devices;
import hv.api.device.GuestDevices;
import hv.api.dto.DeviceDTO;
import hv.api.dto.DeviceKindDTO;
import hv.api.host.Hypervisor;
import hv.flags.DeviceWords;
import hv.flags.Shown;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.felix.service.command.Descriptor;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;

/**
 * {@code hv:device}: the devices of running guests, and plugging one in or pulling it out, which the guest sees. To
 * replace one without that is {@code hv:swap}.
 */
@Component(
        service = {DeviceCommand.class, Documented.class},
        property = {"osgi.command.scope=hv", "osgi.command.function=device"})
public final class DeviceCommand implements Documented {
    private static final Help HELP = new Help(
            "device",
            "[add KIND[,name=NAME][,KEY=VALUE]... | remove NAME | kinds] [--partition ID]",
            "shows the devices of a running guest, plugs one in, or pulls one out",
            "device add heartbeat",
            List.of("--partition"));

    private static final String NO_DEVICES =
            "no running guest has devices; start one with some, as in ./hv run --vmbus --console";

    private final Hypervisor hypervisor;

    /** Null where nobody knows of devices. */
    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    private volatile Devices devices;

    /** For the component runtime. */
    @Activate
    public DeviceCommand(@Reference Hypervisor hypervisor) {
        this.hypervisor = hypervisor;
    }

    @Override
    public Help help() {
        return HELP;
    }

    /** The command. */
    @Descriptor("shows the devices of a running guest, plugs one in, or pulls one out: hv:device")
    public void device(@Descriptor("add KIND, remove NAME, kinds, --partition ID, --help") String... typed) {
        Arguments arguments = Arguments.of(HELP, typed);
        if (arguments.printedHelp()) {
            return;
        }
        String verb = arguments.upTo(2).isEmpty() ? "" : arguments.action("add", "remove", "kinds");
        List<String> words = switch (verb) {
            case "add" -> arguments.words("a kind of device");
            case "remove" -> arguments.words("the name of a device");
            default -> arguments.words();
        };
        if (verb.equals("kinds")) {
            kinds();
            return;
        }
        List<GuestDevices> guests = GuestsWithDevices.of(devices, hypervisor, arguments);
        if (guests.isEmpty()) {
            throw new UsageException(NO_DEVICES);
        }
        try {
            switch (verb) {
                case "add" -> add(guests, words.get(0));
                case "remove" -> remove(guests, words.get(0));
                default -> guests.forEach(DeviceCommand::print);
            }
        } catch (IllegalArgumentException | IllegalStateException e) {
            throw new UsageException(e.getMessage());
        }
    }

    private void kinds() {
        List<DeviceKindDTO> kinds = devices == null ? List.of() : devices.kinds();
        if (kinds.isEmpty()) {
            System.out.println("no bundle is active that makes devices; start some, as hv.heartbeat, with hv.devices");
            return;
        }
        Table table = new Table("KIND", "BUNDLE", "OPTIONS", "WHAT");
        for (DeviceKindDTO kind : kinds) {
            String options = kind.options().keySet().stream().sorted().collect(Collectors.joining(" "));
            table.row(kind.id(), kind.bundle(), options.isEmpty() ? "-" : options, kind.title());
        }
        table.print(System.out);
    }

    private static void add(List<GuestDevices> guests, String typed) {
        DeviceWords device;
        try {
            device = DeviceWords.parse(typed);
        } catch (IllegalArgumentException e) {
            throw HELP.refuse(e.getMessage());
        }
        for (GuestDevices guest : guests) {
            guest.add(device.kind(), device.name(), device.options());
            System.out.println("partition %d: %s is plugged in".formatted(guest.partition(), device.name()));
        }
    }

    private static void remove(List<GuestDevices> guests, String name) {
        for (GuestDevices guest : guests) {
            guest.remove(name);
            System.out.println("partition %d: %s is pulled out".formatted(guest.partition(), name));
        }
    }

    private static void print(GuestDevices guest) {
        System.out.println("partition " + guest.partition());
        Table table = new Table(
                "DEVICE", "KIND", "PLACE", "BUNDLE", "SINCE s", "CHANNEL", "NUMBER", "SIGNALS", "FAILURES", "TELLS");
        for (DeviceDTO row : guest.all()) {
            table.row(
                    row.name(),
                    row.kind(),
                    row.state().name().toLowerCase(Locale.ROOT).replace('_', ' '),
                    row.bundle(),
                    Duration.between(row.since(), Instant.now()).toSeconds(),
                    row.channel().isEmpty() ? "-" : row.channel(),
                    row.number() == 0 ? "-" : row.number(),
                    row.signals(),
                    row.failures(),
                    facts(row.facts()));
        }
        table.print(System.out);
    }

    /** A guest's words among them are shown as text. */
    private static String facts(Map<String, String> facts) {
        return facts.entrySet().stream()
                .map(fact -> Shown.word(fact.getKey()) + "=" + Shown.word(fact.getValue()))
                .collect(Collectors.joining(" "));
    }
}
