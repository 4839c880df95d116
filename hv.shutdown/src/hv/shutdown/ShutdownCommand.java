package hv.shutdown;

import hv.api.device.Devices;
import hv.api.device.GuestCommand;
import hv.api.device.GuestShutdown;
import hv.api.device.GuestShutdown.Action;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;

/** {@code hv:shutdown}: has a guest end in good order. */
@Component(
        service = ShutdownCommand.class,
        property = {"osgi.command.scope=hv", "osgi.command.function=shutdown", "hv.usage=" + ShutdownCommand.USAGE})
public final class ShutdownCommand {
    static final String USAGE = "[PARTITION] [--restart] [--partition ID]";
    private static final String RESTART = "--restart";
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private static final GuestCommand HELP = new GuestCommand(
            "shutdown",
            USAGE,
            "has a running guest power off or restart in good order, if it has a shutdown device",
            "shutdown 1 --restart",
            List.of(),
            List.of(RESTART));

    @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC)
    private volatile Devices devices;

    /** The command. */
    public void shutdown(String... words) {
        HELP.read(words).map(HELP::partitionFirst).ifPresent(this::ask);
    }

    private void ask(GuestCommand.Typed typed) {
        HELP.end(typed);
        GuestCommand.Offered<GuestShutdown> guest = HELP.find(devices, typed, GuestShutdown.class, "shutdown");
        boolean isRestart = typed.has(RESTART);
        Optional<Integer> status =
                HELP.await(() -> guest.service().request(isRestart ? Action.RESTART : Action.POWER_OFF), PATIENCE);
        if (status.isEmpty()) {
            throw HELP.failed("partition %d has not answered within %d s, and may do so later"
                    .formatted(guest.partition(), PATIENCE.toSeconds()));
        }
        if (status.get() != 0) {
            throw HELP.failed("partition %d refuses with status 0x%08x".formatted(guest.partition(), status.get()));
        }
        System.out.printf("partition %d will %s%n", guest.partition(), isRestart ? "restart" : "power off");
    }
}
