package hv.vss;

import hv.api.device.Devices;
import hv.api.device.GuestCommand;
import hv.api.device.GuestFreeze;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;

/** {@code hv:thaw}: ends what {@code hv:freeze} has begun. */
@Component(
        service = ThawCommand.class,
        property = {"osgi.command.scope=hv", "osgi.command.function=thaw", "hv.usage=" + ThawCommand.USAGE})
public final class ThawCommand {
    static final String USAGE = "[PARTITION] [--partition ID]";
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private static final GuestCommand HELP = new GuestCommand(
            "thaw", USAGE, "lets a running guest use its file systems again", "thaw 1", List.of(), List.of());

    @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC)
    private volatile Devices devices;

    /** The command. */
    public void thaw(String... words) {
        HELP.read(words).map(HELP::partitionFirst).ifPresent(this::run);
    }

    private void run(GuestCommand.Typed typed) {
        HELP.end(typed);
        GuestCommand.Offered<GuestFreeze> guest = HELP.find(devices, typed, GuestFreeze.class, FreezeCommand.DEVICE);
        Optional<Integer> status = HELP.await(() -> guest.service().thaw(), PATIENCE);
        if (status.isEmpty() || status.get() != 0) {
            throw FreezeCommand.refused(HELP, guest.partition(), status);
        }
        System.out.printf("partition %d is not frozen%n", guest.partition());
    }
}
