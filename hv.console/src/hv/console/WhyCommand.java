package hv.console;

import hv.api.dto.EnlightenmentDTO;
import hv.api.dto.PartitionDTO;
import hv.api.host.GuestPartition;
import hv.api.host.Hypervisor;
import hv.flags.Shown;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.felix.service.command.CommandSession;
import org.apache.felix.service.command.Descriptor;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/**
 * {@code hv:why NAME}: whether an enlightenment can be used, and if not, what stands in its way and what to do about
 * it: a bundle that is not deployed, one that is stopped, a flag that a running guest lacks. Looks through everything
 * it requires. Status 1 if it is not active.
 */
@Component(
        service = {WhyCommand.class, Documented.class},
        property = {"osgi.command.scope=hv", "osgi.command.function=why"})
public final class WhyCommand implements Documented {
    private static final Help HELP = new Help(
            "why",
            "NAME",
            "tells whether an enlightenment is active and, if not, what is missing and what to do",
            "why stimer",
            List.of());

    private final Hypervisor hypervisor;
    private final BundleContext context;

    /** For the component runtime. */
    @Activate
    public WhyCommand(BundleContext context, @Reference Hypervisor hypervisor) {
        this.context = context;
        this.hypervisor = hypervisor;
    }

    @Override
    public Help help() {
        return HELP;
    }

    /** The command. */
    @Descriptor("tells whether an enlightenment is active and, if not, what is missing and what to do: hv:why NAME")
    public void why(
            CommandSession session, @Descriptor("name of an enlightenment, as stimer or hv-stimer") String... typed) {
        Arguments arguments = Arguments.of(HELP, typed);
        if (arguments.printedHelp()) {
            return;
        }
        String name = arguments.words("the name of an enlightenment").get(0);
        Deployed deployed = new Deployed(context);
        Map<String, EnlightenmentDTO> active = hypervisor.enlightenments().stream()
                .collect(Collectors.toMap(EnlightenmentDTO::id, Function.identity()));
        String id = id(name, active, deployed);
        List<String> obstacles = deployed.obstacles(id, active.keySet());
        if (active.containsKey(id)) {
            EnlightenmentDTO row = active.get(id);
            System.out.println("%s (%s) is active, from bundle %s".formatted(row.flag(), row.title(), row.bundle()));
        } else {
            System.out.println("hv-" + id + " is not active");
            ShellDoor.status(session, 1);
        }
        obstacles.forEach(line -> System.out.println("  " + line));
        for (GuestPartition partition : hypervisor.partitions()) {
            System.out.println("  " + inPartition(partition.inspect(), id, deployed, active));
        }
    }

    /** What the user means: an id, a flag in either spelling. */
    private static String id(String name, Map<String, EnlightenmentDTO> active, Deployed deployed) {
        String normal = name.replace('_', '-');
        String bare = normal.startsWith("hv-") ? normal.substring("hv-".length()) : normal;
        Optional<String> byFlag = active.values().stream()
                .filter(row -> row.flag().equals("hv-" + bare))
                .map(EnlightenmentDTO::id)
                .findFirst();
        if (byFlag.isPresent()) {
            return byFlag.get();
        }
        if (active.containsKey(bare) || deployed.isKnown(bare)) {
            return bare;
        }
        throw new UsageException("no installed bundle offers or requires '%s'; there are %s"
                .formatted(Shown.word(name), String.join(" ", deployed.offered())));
    }

    private static String inPartition(
            PartitionDTO partition, String id, Deployed deployed, Map<String, EnlightenmentDTO> active) {
        if (partition.enabled().contains(id)) {
            return "partition %d has it".formatted(partition.id());
        }
        String flags = deployed.closure(id).stream()
                .filter(needed -> !partition.enabled().contains(needed))
                .map(needed -> active.containsKey(needed) ? active.get(needed).flag() : "hv-" + needed)
                .collect(Collectors.joining(","));
        return "partition %d was started without it: add %s to its flags".formatted(partition.id(), flags);
    }

    /** The name of a bundle's state. */
    static String state(Bundle bundle) {
        return switch (bundle.getState()) {
            case Bundle.INSTALLED -> "not resolved";
            case Bundle.RESOLVED -> "stopped";
            case Bundle.STARTING -> "starting";
            case Bundle.STOPPING -> "stopping";
            case Bundle.ACTIVE -> "active";
            default -> "uninstalled";
        };
    }
}
