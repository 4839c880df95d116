package hv.console;

import hv.api.host.GuestMachine;
import hv.api.host.GuestPartition;
import hv.api.host.Hypervisor;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.osgi.framework.BundleContext;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceReference;

/** The machine that a command is about: of those that VMMs have registered, the one with the partition meant. */
final class Machines {
    static final String PARTITION = "--partition";

    private Machines() {}

    /**
     * Finds it: the first one, or the one of {@code --partition ID}.
     *
     * @throws UsageException if no machine runs
     */
    static GuestMachine find(BundleContext context, Hypervisor hypervisor, Arguments arguments) {
        GuestPartition partition = Guests.running(hypervisor, arguments, Guests.START_ONE);
        return registered(context).stream()
                .filter(machine -> machine.partition() == partition)
                .findFirst()
                .orElseThrow(() -> new UsageException(
                        "partition %d has no machine that can be stopped".formatted(partition.id())));
    }

    private static List<GuestMachine> registered(BundleContext context) {
        try {
            ServiceReference<?>[] found = context.getAllServiceReferences(GuestMachine.class.getName(), null);
            return Arrays.stream(found == null ? new ServiceReference<?>[0] : found)
                    .map(context::getService)
                    .filter(Objects::nonNull)
                    .map(GuestMachine.class::cast)
                    .toList();
        } catch (InvalidSyntaxException e) {
            throw new AssertionError("there is no filter", e);
        }
    }
}
