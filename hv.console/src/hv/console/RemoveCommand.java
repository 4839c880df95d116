package hv.console;

import hv.api.host.GuestPartition;
import hv.api.host.Hypervisor;
import hv.flags.Shown;
import java.util.List;
import org.apache.felix.service.command.CommandSession;
import org.apache.felix.service.command.Descriptor;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/**
 * {@code hv:remove}: takes an enlightenment out of a running guest, which was promised it and will not understand: so
 * only with {@code --force}. Without it says what the guest would see, with status 1. {@code hv:add} puts it back.
 */
@Component(
        service = {RemoveCommand.class, Documented.class},
        property = {"osgi.command.scope=hv", "osgi.command.function=remove"})
public final class RemoveCommand implements Documented {
    private static final Help HELP = new Help(
            "remove",
            "NAME [--force] [--partition ID]",
            "takes an enlightenment out of a running guest; without --force only says what the guest would see",
            "remove time --force",
            List.of("--partition"),
            List.of("--force"));

    private final Hypervisor hypervisor;

    /** For the component runtime. */
    @Activate
    public RemoveCommand(@Reference Hypervisor hypervisor) {
        this.hypervisor = hypervisor;
    }

    @Override
    public Help help() {
        return HELP;
    }

    /** The command. */
    @Descriptor("takes an enlightenment out of a running guest: hv:remove NAME --force")
    public void remove(CommandSession session, @Descriptor("NAME, --force, --partition ID, --help") String... typed) {
        Arguments arguments = Arguments.of(HELP, typed);
        if (arguments.printedHelp()) {
            return;
        }
        String id = id(arguments);
        for (GuestPartition partition : Guests.allRunning(hypervisor, arguments, Guests.START_ONE)) {
            List<String> lines = partition.places().consequencesOfRemoving(id);
            boolean isPromised =
                    partition.places().all().stream().anyMatch(slot -> slot.id().equals(id) && slot.promised());
            if (!isPromised || arguments.has("--force")) {
                partition.places().remove(id);
                System.out.println("partition %d: hv-%s is gone".formatted(partition.id(), Shown.word(id)));
            } else {
                System.out.println("partition %d: not removed, the guest was promised hv-%s; with --force:"
                        .formatted(partition.id(), Shown.word(id)));
                ShellDoor.status(session, 1);
            }
            lines.forEach(line -> System.out.println("  " + line));
        }
    }

    /** The name of an enlightenment, with or without its {@code hv-}. */
    static String id(Arguments arguments) {
        return arguments.words("an enlightenment, as time").get(0).replaceFirst("^hv[-_]", "");
    }
}
