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

/** {@code hv:freeze}: has a guest keep its file systems still. */
@Component(
        service = FreezeCommand.class,
        property = {"osgi.command.scope=hv", "osgi.command.function=freeze", "hv.usage=" + FreezeCommand.USAGE})
public final class FreezeCommand {
    static final String USAGE = "[PARTITION] [--most SECONDS] [--partition ID]";
    static final String DEVICE = "vss";
    private static final String MOST = "--most";
    private static final int USUAL_SECONDS = 60;
    private static final int MOST_SECONDS = 86_400;

    private static final GuestCommand HELP = new GuestCommand(
            "freeze",
            USAGE,
            "has a running guest write out its file systems and keep them still, for 60 s at most if nothing else is said",
            "freeze 1 --most 30",
            List.of(MOST),
            List.of());

    @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC)
    private volatile Devices devices;

    /** The command. */
    public void freeze(String... words) {
        HELP.read(words).map(HELP::partitionFirst).ifPresent(this::run);
    }

    private void run(GuestCommand.Typed typed) {
        HELP.end(typed);
        String wanted = typed.options().get(MOST);
        int seconds = wanted == null ? USUAL_SECONDS : HELP.number(MOST, wanted, MOST_SECONDS);
        Duration most = Duration.ofSeconds(seconds);
        GuestCommand.Offered<GuestFreeze> guest = HELP.find(devices, typed, GuestFreeze.class, DEVICE);
        Optional<Integer> status = HELP.await(() -> guest.service().freeze(most), most);
        if (status.isEmpty() || status.get() != 0) {
            throw refused(HELP, guest.partition(), status);
        }
        System.out.printf("partition %d is frozen, for %d s at most; thaw ends that%n", guest.partition(), seconds);
    }

    /** What is thrown when a guest does not do it. */
    static IllegalStateException refused(GuestCommand command, int partition, Optional<Integer> status) {
        String what = status.map("refuses with status 0x%08x; does its program for backups run?"::formatted)
                .orElse("has not answered in time");
        return command.failed("partition %d %s".formatted(partition, what));
    }
}
