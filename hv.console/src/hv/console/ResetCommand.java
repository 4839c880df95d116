package hv.console;

import hv.api.host.GuestMachine;
import hv.api.host.Hypervisor;
import java.util.List;
import org.apache.felix.service.command.Descriptor;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** {@code hv:reset}: what the reset button does: processors, devices, RAM and every enlightenment as after power-on. */
@Component(
        service = {ResetCommand.class, Documented.class},
        property = {"osgi.command.scope=hv", "osgi.command.function=reset"})
public final class ResetCommand implements Documented {
    static final List<String> OPTIONS = List.of(Machines.PARTITION);

    private static final Help HELP = new Help(
            "reset",
            "[--partition ID]",
            "resets a running guest: processors, devices, RAM and every enlightenment as after power-on",
            "reset --partition 1",
            OPTIONS);

    private final BundleContext context;
    private final Hypervisor hypervisor;

    /** For the component runtime. */
    @Activate
    public ResetCommand(BundleContext context, @Reference Hypervisor hypervisor) {
        this.context = context;
        this.hypervisor = hypervisor;
    }

    @Override
    public Help help() {
        return HELP;
    }

    /** The command. */
    @Descriptor("resets a running guest: hv:reset")
    public void reset(@Descriptor("--partition ID, --help") String... typed) {
        Arguments arguments = Arguments.of(HELP, typed);
        if (arguments.printedHelp()) {
            return;
        }
        arguments.words();
        GuestMachine machine = Machines.find(context, hypervisor, arguments);
        machine.reset();
        System.out.println("reset partition " + machine.partition().id());
    }
}
