package hv.console;

import hv.api.host.GuestPartition;
import hv.api.host.Hypervisor;
import java.util.List;
import org.apache.felix.service.command.Descriptor;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** {@code hv:add}: puts back what {@code hv:remove} has taken out of a running guest, fresh. */
@Component(
        service = {AddCommand.class, Documented.class},
        property = {"osgi.command.scope=hv", "osgi.command.function=add"})
public final class AddCommand implements Documented {
    private static final Help HELP = new Help(
            "add",
            "NAME [--partition ID]",
            "puts an enlightenment that was removed from a running guest back, fresh",
            "add time",
            List.of("--partition"));

    private final Hypervisor hypervisor;

    /** For the component runtime. */
    @Activate
    public AddCommand(@Reference Hypervisor hypervisor) {
        this.hypervisor = hypervisor;
    }

    @Override
    public Help help() {
        return HELP;
    }

    /** The command. */
    @Descriptor("puts an enlightenment that was removed from a running guest back: hv:add NAME")
    public void add(@Descriptor("NAME, --partition ID, --help") String... typed) {
        Arguments arguments = Arguments.of(HELP, typed);
        if (arguments.printedHelp()) {
            return;
        }
        String id = RemoveCommand.id(arguments);
        for (GuestPartition partition : Guests.allRunning(hypervisor, arguments, Guests.START_ONE)) {
            partition.places().add(id);
            System.out.println("partition %d: hv-%s is back, fresh".formatted(partition.id(), id));
        }
    }
}
