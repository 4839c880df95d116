package hv.console;

import hv.api.host.GuestMachine;
import hv.api.host.Hypervisor;
import hv.flags.Shown;
import hv.snapshot.SnapshotException;
import hv.snapshot.Snapshots;
import java.nio.file.Path;
import java.util.List;
import org.apache.felix.service.command.Descriptor;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** {@code hv:restore FILE}: puts the guest in a file in the place of a running one, which goes on if that cannot be. */
@Component(
        service = {RestoreCommand.class, Documented.class},
        property = {"osgi.command.scope=hv", "osgi.command.function=restore"})
public final class RestoreCommand implements Documented {
    static final List<String> OPTIONS = List.of(Machines.PARTITION);

    private static final Help HELP = new Help(
            "restore",
            "FILE [--partition ID]",
            "puts the guest that was saved to a file in the place of a running one with the same flags, VPs and memory",
            "restore guest.hvsnap --partition 1",
            OPTIONS);

    private final BundleContext context;
    private final Hypervisor hypervisor;

    /** For the component runtime. */
    @Activate
    public RestoreCommand(BundleContext context, @Reference Hypervisor hypervisor) {
        this.context = context;
        this.hypervisor = hypervisor;
    }

    @Override
    public Help help() {
        return HELP;
    }

    /** The command. */
    @Descriptor("puts a saved guest in the place of a running one: hv:restore FILE")
    public void restore(@Descriptor("FILE, --partition ID, --help") String... typed) {
        Arguments arguments = Arguments.of(HELP, typed);
        if (arguments.printedHelp()) {
            return;
        }
        Path file = SaveCommand.file(arguments.words("a FILE").get(0));
        GuestMachine machine = Machines.find(context, hypervisor, arguments);
        try {
            new Snapshots(hypervisor).restore(machine, file);
        } catch (SnapshotException e) {
            throw new UsageException(e.getMessage());
        }
        System.out.println(
                "restored partition %d from %s".formatted(machine.partition().id(), Shown.file(file)));
    }
}
