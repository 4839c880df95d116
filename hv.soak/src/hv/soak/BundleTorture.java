package hv.soak;

import hv.api.Flags;
import hv.api.dto.PlaceDTO;
import hv.api.host.GuestPartition;
import hv.api.host.Hypervisor;
import hv.hosted.HostedHost;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.osgi.framework.BundleContext;

/**
 * Stops, starts, updates, refreshes, uninstalls and installs enlightenment bundles in random order while two VPs of a
 * hosted partition work. After each step the Requires graph holds and every place is as the bundles say; VPs find what
 * they wrote. One thread, inside the framework.
 */
final class BundleTorture {
    private static final int VPS = 2;

    private final Hypervisor hypervisor;
    private final Graph graph;
    private final Bundles bundles;
    private final int steps;
    private final long seed;
    private final List<String> violations = new ArrayList<>();

    BundleTorture(Hypervisor hypervisor, BundleContext context, int steps, long seed) {
        this.hypervisor = hypervisor;
        this.graph = new Graph(context);
        this.bundles = new Bundles(context);
        this.steps = steps;
        this.seed = seed;
    }

    /** Does it; lines for people, the last one {@code clean} or how many things were wrong. */
    List<String> run() throws Exception {
        HostedHost host = HostedHost.builder().runningClock().build();
        Map<String, Integer> done = new LinkedHashMap<>();
        long accesses = 0;
        try (GuestPartition partition =
                hypervisor.create(hypervisor.everything(host.facts()).with(Flags.ENFORCE_CPUID), host)) {
            partition.places().deadline(Duration.ofMinutes(10));
            List<Witness> witnesses = new ArrayList<>();
            for (int vp = 0; vp < VPS; vp++) {
                witnesses.add(new Witness(partition.addVp(), seed));
            }
            witnesses.forEach(Witness::start);
            Random random = new Random(seed);
            List<String> names = bundles.names();
            for (int step = 0; step < steps && violations.isEmpty(); step++) {
                String what = step(names.get(random.nextInt(names.size())), random);
                done.merge(what.substring(0, what.indexOf(' ')), 1, Integer::sum);
                check(partition, "step " + step + ", " + what);
                witnesses.forEach(witness -> complain(witness.complaint()));
            }
            for (String name : names) {
                bundles.start(name);
            }
            check(partition, "everything started again");
            for (Witness witness : witnesses) {
                witness.finish();
                complain(witness.complaint());
                accesses += witness.accesses();
            }
        }
        List<String> lines = new ArrayList<>();
        lines.add("seed %d: %s; VPs made %d accesses".formatted(seed, done, accesses));
        violations.forEach(violation -> lines.add("WRONG " + violation));
        lines.add(violations.isEmpty() ? "clean" : violations.size() + " violations");
        return lines;
    }

    private void complain(String complaint) {
        if (!complaint.isEmpty()) {
            violations.add(complaint);
        }
    }

    private String step(String name, Random random) throws Exception {
        if (!bundles.isInstalled(name)) {
            bundles.start(name);
            return "install " + name;
        }
        switch (random.nextInt(6)) {
            case 0 -> {
                bundles.stop(name);
                return "stop " + name;
            }
            case 1 -> {
                bundles.uninstall(name);
                return "uninstall " + name;
            }
            case 2 -> {
                bundles.update(name);
                return "update " + name;
            }
            case 3 -> {
                bundles.refresh(name);
                return "refresh " + name;
            }
            default -> {
                bundles.start(name);
                return "start " + name;
            }
        }
    }

    private void check(GuestPartition partition, String where) {
        if (!hypervisor.settle(Duration.ofMinutes(1))) {
            violations.add(where + ": what has come does not settle");
        }
        graph.violations().forEach(line -> violations.add(where + ": " + line));
        Set<String> offered = graph.offered();
        for (PlaceDTO slot : partition.places().all()) {
            PlaceDTO.State expected = offered.contains(slot.id()) ? PlaceDTO.State.IN_PLACE : PlaceDTO.State.VACANT;
            if (slot.state() != expected) {
                violations.add("%s: %s is %s, not %s; %s"
                        .formatted(
                                where,
                                slot.id(),
                                slot.state(),
                                expected,
                                partition.places().history().getLast()));
            }
        }
    }
}
