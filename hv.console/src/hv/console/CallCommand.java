package hv.console;

import hv.api.dto.RouteDTO;
import hv.api.host.Hypervisor;
import org.apache.felix.service.command.Descriptor;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** {@code hv:call map}: who carries out which hypercall, and how often it was made. */
@Component(
        service = {CallCommand.class, Documented.class},
        property = {"osgi.command.scope=hv", "osgi.command.function=call"})
public final class CallCommand implements Documented {
    private static final Help HELP = new Help(
            "call",
            "map [--cpu FLAGS | --partition ID]",
            "shows who carries out which hypercall",
            "call map --cpu hv-spinlocks=0xfff",
            Guests.OPTIONS);

    private final Hypervisor hypervisor;

    /** For the component runtime. */
    @Activate
    public CallCommand(@Reference Hypervisor hypervisor) {
        this.hypervisor = hypervisor;
    }

    @Override
    public Help help() {
        return HELP;
    }

    /** The command. */
    @Descriptor("shows who carries out which hypercall: hv:call map")
    public void call(@Descriptor("map, --cpu FLAGS, --partition ID, --help") String... typed) {
        Arguments arguments = Arguments.of(HELP, typed);
        if (arguments.printedHelp()) {
            return;
        }
        arguments.action("map");
        arguments.words();
        try (Guests guests = Guests.of(hypervisor, arguments)) {
            Table table = new Table("CODE", "NAME", "OWNER", "PRIVILEGE", "OPEN", "CALLS", "REFUSED");
            for (RouteDTO route : guests.partition().inspect().hypercalls()) {
                table.row(
                        "0x%04x".formatted(route.number()),
                        route.name(),
                        route.owner(),
                        route.privilege(),
                        route.open() ? "yes" : "no",
                        route.writes(),
                        route.refused());
            }
            table.print(System.out);
        }
    }
}
