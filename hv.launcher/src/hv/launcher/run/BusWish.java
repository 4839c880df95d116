package hv.launcher.run;

import hv.api.device.Devices;
import hv.api.dto.DeviceKindDTO;
import hv.api.enlightenment.RequiresGraph;
import hv.api.host.Verdict;
import hv.launcher.options.DeviceOption;
import hv.launcher.options.RunOptions;
import hv.machine.BusSpec;
import hv.machine.DeviceSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.osgi.framework.Bundle;

/** The VMBus that a command line asks for: what is on it, and what it needs of the flags. Without state. */
final class BusWish {
    /** What {@code --vmbus} means, as far as it is deployed: what every guest of Hyper-V finds. */
    private static final List<String> SERVICES = List.of("heartbeat", "shutdown", "timesync", "kvp", "vss");

    /** The enlightenment by which a bus reaches its guest. */
    private static final String CONTROLLER = "synic";

    private BusWish() {}

    /**
     * What is to be on it; empty if there is to be none. A service that was asked for as a device is there once, as it
     * was asked for.
     */
    static Optional<BusSpec> of(RunOptions options, Optional<Devices> deployed) {
        if (!options.hasBus()) {
            return Optional.empty();
        }
        List<DeviceSpec> devices = new ArrayList<>();
        Set<String> taken = new TreeSet<>();
        for (DeviceOption asked : options.devices()) {
            devices.add(new DeviceSpec(asked.kind(), asked.name(), asked.options()));
            taken.addAll(List.of(asked.kind(), asked.name()));
        }
        if (options.vmbus()) {
            Set<String> kinds = deployed.stream()
                    .flatMap(all -> all.kinds().stream())
                    .map(DeviceKindDTO::id)
                    .collect(Collectors.toSet());
            SERVICES.stream()
                    .filter(kind -> kinds.contains(kind) && !taken.contains(kind))
                    .forEach(kind -> devices.add(DeviceSpec.of(kind)));
        }
        return Optional.of(new BusSpec(devices));
    }

    /**
     * Refuses flags that do not promise the guest what its driver for the bus needs.
     *
     * @param installed bundles that may offer it, started or not
     * @throws IllegalArgumentException with one line that says which flags are missing
     */
    static void requireFlags(Verdict verdict, Bundle... installed) {
        RequiresGraph<Bundle> graph = RequiresGraph.ofManifests(List.of(installed), bundle -> bundle.getHeaders(""));
        Set<String> missing = new TreeSet<>(graph.closure(CONTROLLER));
        missing.removeAll(verdict.enabled());
        if (!missing.isEmpty()) {
            String words = missing.stream().map(id -> "hv-" + id).collect(Collectors.joining(","));
            throw new IllegalArgumentException(
                    "a VMBus needs flags that this guest has not got: add %s to --cpu, or leave --vmbus, --device, --disk and --net out"
                            .formatted(words));
        }
    }
}
