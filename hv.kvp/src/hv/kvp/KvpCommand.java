package hv.kvp;

import hv.api.device.Devices;
import hv.api.device.GuestCommand;
import hv.api.device.GuestPairs;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;

/** {@code hv:kvp}: what a guest tells of itself, and values for it. */
@Component(
        service = KvpCommand.class,
        property = {"osgi.command.scope=hv", "osgi.command.function=kvp", "hv.usage=" + KvpCommand.USAGE})
public final class KvpCommand {
    static final String USAGE = "[PARTITION] [set KEY VALUE | delete KEY] [--partition ID]";
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final int LONGEST_KEY = 60;
    private static final int LONGEST_VALUE = 300;

    private static final GuestCommand HELP = new GuestCommand(
            "kvp",
            USAGE,
            "shows what a running guest tells of itself, sets a value that its programs can read, or deletes one",
            "kvp set role web",
            List.of(),
            List.of());

    @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC)
    private volatile Devices devices;

    /** The command. */
    public void kvp(String... words) {
        HELP.read(words).map(HELP::partitionFirst).ifPresent(this::run);
    }

    private void run(GuestCommand.Typed typed) {
        List<String> words = typed.words();
        String action = words.isEmpty() ? "" : words.get(0);
        int many = words.size();
        boolean isKnown = many == 0 || action.equals("set") && many == 3 || action.equals("delete") && many == 2;
        if (!isKnown) {
            throw HELP.refuse("takes set KEY VALUE, delete KEY, or nothing");
        }
        GuestCommand.Offered<GuestPairs> guest = HELP.find(devices, typed, GuestPairs.class, "kvp");
        if (many == 0) {
            show(guest);
        } else {
            change(guest, words.get(1), many == 3 ? words.get(2) : null);
        }
    }

    private static void show(GuestCommand.Offered<GuestPairs> guest) {
        HELP.await(() -> guest.service().refresh(), PATIENCE);
        Map<String, String> pairs = HELP.ask(guest.service()::guest);
        if (pairs.isEmpty()) {
            throw HELP.failed("partition %d has told nothing yet".formatted(guest.partition()));
        }
        print(pairs);
        print(HELP.ask(guest.service()::addresses));
    }

    private static void print(Map<String, String> pairs) {
        pairs.forEach((key, value) -> System.out.println(
                GuestCommand.shown(key, LONGEST_KEY) + ": " + GuestCommand.shown(value, LONGEST_VALUE)));
    }

    private static void change(GuestCommand.Offered<GuestPairs> guest, String key, String value) {
        Optional<Integer> status = HELP.await(() -> guest.service().set(key, value), PATIENCE);
        if (status.isEmpty()) {
            throw HELP.failed("partition %d has not answered within %d s, and may do so later"
                    .formatted(guest.partition(), PATIENCE.toSeconds()));
        }
        if (status.get() == Round.NO_MORE) {
            throw HELP.failed("partition %d has no value of that name from the host".formatted(guest.partition()));
        }
        if (status.get() != 0) {
            throw HELP.failed("partition %d refuses with status 0x%08x".formatted(guest.partition(), status.get()));
        }
        System.out.printf("%s in partition %d%n", value == null ? "deleted" : "set", guest.partition());
    }
}
