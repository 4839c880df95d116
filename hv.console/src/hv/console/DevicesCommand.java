package hv.console;

import hv.api.device.Devices;
import hv.api.device.GuestDevices;
import hv.api.dto.DeviceDTO;
import hv.api.dto.SwapDTO;
import hv.flags.Shown;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.felix.service.command.CommandSession;
import org.apache.felix.service.command.Descriptor;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;

/**
 * {@code hv:devices}: the devices of a running guest on its VMBus, and the bus; plugs them in, pulls them out, and has
 * versions of them follow one another.
 */
@Component(
        service = {DevicesCommand.class, Documented.class},
        property = {"osgi.command.scope=hv", "osgi.command.function=devices"})
public final class DevicesCommand implements Documented {
    private static final Help HELP = new Help(
            "devices",
            "[add KIND [NAME] [KEY=VALUE...] | remove NAME | swap NAME [SYMBOLIC.NAME;VERSION] | history] [--partition ID]",
            "shows the devices of a running guest on VMBus, plugs them in, pulls them out, replaces what is in their places",
            "devices swap heartbeat",
            List.of(Machines.PARTITION));

    private static final int MOST_WORDS = 18;
    private static final int LONGEST_FACT = 60;

    private final BundleContext context;

    /** For the component runtime. */
    @Activate
    public DevicesCommand(BundleContext context) {
        this.context = context;
    }

    @Override
    public Help help() {
        return HELP;
    }

    /** The command. */
    @Descriptor("shows, adds, removes and replaces the devices of a running guest on VMBus: hv:devices")
    public void devices(
            CommandSession session,
            @Descriptor("add KIND, remove NAME, swap NAME, history, --partition ID, --help") String... typed) {
        Arguments arguments = Arguments.of(HELP, typed);
        if (arguments.printedHelp()) {
            return;
        }
        List<String> words = arguments.upTo(MOST_WORDS);
        GuestDevices guest = guest(arguments);
        try {
            act(session, guest, words);
        } catch (IllegalArgumentException | IllegalStateException e) {
            throw new UsageException(e.getMessage());
        }
    }

    private GuestDevices guest(Arguments arguments) {
        List<GuestDevices> all = Optional.ofNullable(context.getServiceReference(Devices.class))
                .map(context::getService)
                .map(Devices::all)
                .orElse(List.of());
        Optional<Integer> wanted =
                arguments.option(Machines.PARTITION).map(text -> arguments.index(Machines.PARTITION, text));
        return all.stream()
                .filter(guest -> wanted.isEmpty() || guest.partition() == wanted.get())
                .findFirst()
                .orElseThrow(() -> new UsageException(
                        wanted.isPresent() && !all.isEmpty()
                                ? "partition %d has no VMBus".formatted(wanted.get())
                                : "no running guest has a VMBus; start one with it, as in ./hv run --vmbus --console"));
    }

    private static void act(CommandSession session, GuestDevices guest, List<String> words) {
        String action = words.isEmpty() ? "" : words.get(0);
        int more = words.size() - 1;
        if (words.isEmpty()) {
            print(guest);
        } else if (action.equals("history") && more == 0) {
            SwapsCommand.table(guest.history()).print(System.out);
        } else if (action.equals("add") && more > 0) {
            add(guest, words.get(1), words.subList(2, words.size()));
        } else if (action.equals("remove") && more == 1) {
            guest.remove(words.get(1));
            System.out.println("removed " + Shown.word(words.get(1)));
        } else if (action.equals("swap") && (more == 1 || more == 2)) {
            SwapDTO row = guest.swap(words.get(1), more == 2 ? words.get(2) : "");
            SwapsCommand.table(List.of(row)).print(System.out);
            if (!row.succeeded()) {
                ShellDoor.status(session, 1);
            }
        } else {
            throw HELP.refuse("does not know what to do with '" + Shown.word(String.join(" ", words)) + "'");
        }
    }

    private static void add(GuestDevices guest, String kind, List<String> words) {
        String name = kind;
        Map<String, String> options = new LinkedHashMap<>();
        for (String word : words) {
            int equals = word.indexOf('=');
            if (equals < 0) {
                name = word;
            } else {
                options.put(word.substring(0, equals), word.substring(equals + 1));
            }
        }
        guest.add(kind, name, options);
        System.out.println("added " + Shown.word(name));
    }

    private static void print(GuestDevices guest) {
        System.out.println("partition " + guest.partition());
        Table table = new Table("NAME", "KIND", "PLACE", "BUNDLE", "CHANNEL", "NUMBER", "SIGNALS", "FAILURES", "FACTS");
        for (DeviceDTO device : guest.all()) {
            table.row(
                    device.name(),
                    device.kind(),
                    device.state().name().toLowerCase(Locale.ROOT).replace('_', ' '),
                    device.bundle(),
                    device.channel(),
                    device.number(),
                    device.signals(),
                    device.failures(),
                    device.facts().entrySet().stream()
                            .map(fact -> Shown.word(fact.getKey()) + ": " + Shown.of(fact.getValue(), LONGEST_FACT))
                            .collect(Collectors.joining(", ")));
        }
        table.print(System.out);
        guest.all().stream()
                .filter(device -> !device.lastFailure().isEmpty())
                .forEach(device -> System.out.println(device.name() + ": " + device.lastFailure()));
    }
}
