package hv.netvsc;

import hv.api.device.Devices;
import hv.api.device.GuestCommand;
import hv.api.device.GuestDevices;
import hv.api.device.GuestNetwork;
import hv.api.dto.DeviceDTO;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;

/** {@code hv:net}: shows guests' network adapters, pulls their cables, and puts other networks behind them. */
@Component(
        service = NetCommand.class,
        property = {"osgi.command.scope=hv", "osgi.command.function=net", "hv.usage=" + NetCommand.USAGE})
public final class NetCommand {
    static final String USAGE = "[attach NETWORK | detach | up | down] [--device NAME] [--partition ID]";
    private static final String DEVICE = "--device";
    private static final String KIND = "netvsc";
    private static final int LONGEST_WORD = 40;

    private static final GuestCommand HELP = new GuestCommand(
            "net",
            USAGE,
            "shows the network adapters of running guests and what went through them, puts another network behind one"
                    + " (" + Backend.FORMS + "), or pulls its cable and plugs it in again",
            "net attach socket=/run/net.socket",
            List.of(DEVICE),
            List.of());

    @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC)
    private volatile Devices devices;

    /** An adapter that was found. */
    private record Found(int partition, String name, GuestNetwork network) {}

    /** The command. */
    public void net(String... words) {
        HELP.read(words).ifPresent(this::run);
    }

    private void run(GuestCommand.Typed typed) {
        GuestCommand.Typed rest = typed.words().isEmpty() ? typed : typed.rest();
        String verb = typed.words().isEmpty() ? "" : typed.words().get(0);
        List<Found> found = find(typed);
        switch (verb) {
            case "" -> found.forEach(NetCommand::print);
            case "attach" -> {
                if (rest.words().isEmpty()) {
                    throw HELP.refuse("needs a network behind attach: " + Backend.FORMS);
                }
                attach(one(found), rest.words().get(0));
                rest = rest.rest();
            }
            case "detach" -> attach(one(found), "");
            case "up", "down" -> plug(one(found), verb.equals("up"));
            default -> throw HELP.refuse("does not know '%s'".formatted(GuestCommand.shown(verb, LONGEST_WORD)));
        }
        HELP.end(rest);
    }

    private List<Found> find(GuestCommand.Typed typed) {
        String partition = typed.options().get(GuestCommand.PARTITION);
        int id = partition == null ? 0 : HELP.number(GuestCommand.PARTITION, partition, Integer.MAX_VALUE);
        String wanted = typed.options().get(DEVICE);
        List<Found> found = new ArrayList<>();
        for (GuestDevices guest : devices == null ? List.<GuestDevices>of() : devices.all()) {
            for (DeviceDTO device : guest.all()) {
                boolean isMeant = device.kind().equals(KIND)
                        && (partition == null || guest.partition() == id)
                        && (wanted == null || device.name().equals(wanted));
                if (isMeant) {
                    guest.service(device.name(), GuestNetwork.class)
                            .ifPresent(network -> found.add(new Found(guest.partition(), device.name(), network)));
                }
            }
        }
        if (found.isEmpty()) {
            throw HELP.failed("no running guest has %s; ./hv run --net gives it one"
                    .formatted(
                            wanted == null
                                    ? "a network adapter"
                                    : "a network adapter " + GuestCommand.shown(wanted, LONGEST_WORD)));
        }
        return found;
    }

    private static Found one(List<Found> found) {
        if (found.size() > 1) {
            throw HELP.refuse("needs to be told which adapter, as in %s %s %s %d"
                    .formatted(
                            DEVICE,
                            found.get(0).name(),
                            GuestCommand.PARTITION,
                            found.get(0).partition()));
        }
        return found.get(0);
    }

    private static void attach(Found to, String network) {
        try {
            HELP.ask(() -> {
                to.network().attach(network);
                return true;
            });
        } catch (IllegalArgumentException e) {
            throw HELP.refuse("cannot attach that: " + e.getMessage());
        }
    }

    private static void plug(Found to, boolean isPlugged) {
        HELP.ask(() -> {
            to.network().plug(isPlugged);
            return true;
        });
    }

    private static void print(Found one) {
        GuestNetwork network = one.network();
        String text = HELP.ask(() -> "partition %d: %s %s, %s, %s; %s"
                .formatted(
                        one.partition(),
                        one.name(),
                        network.mac(),
                        network.backend().isEmpty() ? "no network" : network.backend(),
                        network.isUp() ? "up" : "down",
                        network.statistics().entrySet().stream()
                                .map(each -> each.getKey() + " " + each.getValue())
                                .collect(Collectors.joining(", "))));
        System.out.println(text);
    }
}
