package hv.console;

import hv.api.host.GuestMachine;
import hv.api.host.Hypervisor;
import hv.flags.Shown;
import hv.snapshot.SnapshotException;
import hv.snapshot.Snapshots;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import org.apache.felix.service.command.Descriptor;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/**
 * {@code hv:save FILE}: writes a running guest to a file. It stands still meanwhile, and goes on afterwards. What
 * speaks against moving it is told instead, unless {@code --force} is given.
 */
@Component(
        service = {SaveCommand.class, Documented.class},
        property = {"osgi.command.scope=hv", "osgi.command.function=save"})
public final class SaveCommand implements Documented {
    static final List<String> OPTIONS = List.of("--memory", Machines.PARTITION);

    private static final String FORCE = "--force";
    private static final Help HELP = new Help(
            "save",
            "FILE [--memory on|off] [--partition ID] [--force]",
            "writes a running guest to a file; --memory off leaves out its RAM, --force passes over what blocks migration",
            "save guest.hvsnap --memory on",
            OPTIONS,
            List.of(FORCE));

    private final BundleContext context;
    private final Hypervisor hypervisor;

    /** For the component runtime. */
    @Activate
    public SaveCommand(BundleContext context, @Reference Hypervisor hypervisor) {
        this.context = context;
        this.hypervisor = hypervisor;
    }

    @Override
    public Help help() {
        return HELP;
    }

    /** The command. */
    @Descriptor("writes a running guest to a file: hv:save FILE [--memory on|off]")
    public void save(@Descriptor("FILE, --memory on|off, --partition ID, --force, --help") String... typed) {
        Arguments arguments = Arguments.of(HELP, typed);
        if (arguments.printedHelp()) {
            return;
        }
        Path file = file(arguments.words("a FILE").get(0));
        boolean withMemory = withMemory(arguments);
        GuestMachine machine = Machines.find(context, hypervisor, arguments);
        Snapshots snapshots = new Snapshots(hypervisor);
        FrozenGuest frozen = FrozenGuest.of(context, machine.partition().id());
        try {
            if (arguments.has(FORCE)) {
                snapshots.vetoes(machine.partition()).forEach(veto -> System.out.println("passed over: " + veto));
                snapshots.saveInSpiteOfVetoes(machine, file, withMemory);
            } else {
                snapshots.save(machine, file, withMemory);
            }
        } catch (SnapshotException e) {
            throw new UsageException(e.getMessage());
        } finally {
            frozen.close();
        }
        System.out.println("saved partition %d to %s, %s memory"
                .formatted(machine.partition().id(), Shown.file(file), withMemory ? "with" : "without"));
    }

    private static boolean withMemory(Arguments arguments) {
        String wanted = arguments.option("--memory").orElse("on");
        if (!wanted.equals("on") && !wanted.equals("off")) {
            throw HELP.refuse("takes on or off for --memory, not '" + Shown.word(wanted) + "'");
        }
        return wanted.equals("on");
    }

    static Path file(String name) {
        try {
            return Path.of(name);
        } catch (InvalidPathException e) {
            throw new UsageException("'" + Shown.file(name) + "' cannot be the name of a file");
        }
    }
}
