package hv.console;

import hv.api.dto.PartitionDTO;
import hv.api.dto.RouteDTO;
import hv.api.host.Hypervisor;
import java.util.List;
import org.apache.felix.service.command.Descriptor;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** {@code hv:partition}: what a partition looks like now. */
@Component(
        service = {PartitionCommand.class, Documented.class},
        property = {"osgi.command.scope=hv", "osgi.command.function=partition"})
public final class PartitionCommand implements Documented {
    private static final Help HELP = new Help(
            "partition",
            "[--cpu FLAGS [--smp N] | --partition ID]",
            "shows a partition: flags, VPs, time, counters",
            "partition --cpu hv-time --smp 2",
            Guests.OPTIONS);

    private final Hypervisor hypervisor;

    /** For the component runtime. */
    @Activate
    public PartitionCommand(@Reference Hypervisor hypervisor) {
        this.hypervisor = hypervisor;
    }

    @Override
    public Help help() {
        return HELP;
    }

    /** The command. */
    @Descriptor("shows a partition: flags, VPs, time, counters: hv:partition")
    public void partition(@Descriptor("--cpu FLAGS, --partition ID, --help") String... typed) {
        Arguments arguments = Arguments.of(HELP, typed);
        if (arguments.printedHelp()) {
            return;
        }
        arguments.words();
        try (Guests guests = Guests.of(hypervisor, arguments)) {
            print(guests.partition().inspect());
        }
    }

    private static void print(PartitionDTO partition) {
        new Table("partition", String.valueOf(partition.id()))
                .row("back end", partition.host())
                .row("flags", partition.flags().isEmpty() ? "-" : partition.flags())
                .row("promised", partition.enabled().isEmpty() ? "-" : String.join(" ", partition.enabled()))
                .row("missing privilege", partition.enforcesCpuid() ? "closes MSRs and calls" : "closes nothing")
                .row("VPs", partition.vps())
                .row("reference time", seconds(partition.referenceTime100ns()))
                .row("guest OS id", "0x%016x".formatted(partition.guestOsId()))
                .row("MSR reads", sum(partition.msrs(), true))
                .row("MSR writes", sum(partition.msrs(), false))
                .row("MSR accesses refused", refused(partition.msrs()) + partition.unroutedMsrs())
                .row("hypercalls", sum(partition.hypercalls(), false))
                .row("hypercalls refused", refused(partition.hypercalls()))
                .row("crashes", partition.crashes().size())
                .print(System.out);
    }

    private static String seconds(long time100ns) {
        return "%d.%07d s".formatted(time100ns / 10_000_000, time100ns % 10_000_000);
    }

    private static long sum(List<RouteDTO> routes, boolean reads) {
        return routes.stream()
                .mapToLong(reads ? RouteDTO::reads : RouteDTO::writes)
                .sum();
    }

    private static long refused(List<RouteDTO> routes) {
        return routes.stream().mapToLong(RouteDTO::refused).sum();
    }
}
