package hv.soak;

import hv.api.Flags;
import hv.api.dto.SlotDTO;
import hv.api.host.GuestPartition;
import hv.api.host.Hypervisor;
import hv.hosted.HostedHost;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.wiring.FrameworkWiring;

/**
 * Stops, starts, updates, refreshes, uninstalls and installs enlightenment bundles in random order while two VPs of a hosted partition
 * work. After each step the Requires graph holds and every place is as the bundles say; VPs find what they wrote. One thread, inside the
 * framework.
 */
final class BundleTorture {
    private static final int VPS = 2;
    private static final long PATIENCE_SECONDS = 20;

    private final Hypervisor hypervisor;
    private final BundleContext context;
    private final Graph graph;
    private final int steps;
    private final long seed;
    private final List<String> violations = new ArrayList<>();

    /** Every enlightenment bundle there ever was, by name; null while it is not installed. */
    private final Map<String, Bundle> bundles = new LinkedHashMap<>();

    private final Map<String, NewVersion> versions = new LinkedHashMap<>();
    private int micro;

    BundleTorture(Hypervisor hypervisor, BundleContext context, int steps, long seed) {
        this.hypervisor = hypervisor;
        this.context = context;
        this.graph = new Graph(context);
        this.steps = steps;
        this.seed = seed;
    }

    /** Does it; lines for people, the last one {@code clean} or how many things were wrong. */
    List<String> run() throws Exception {
        for (Bundle bundle : graph.active()) {
            bundles.put(bundle.getSymbolicName(), bundle);
            versions.put(bundle.getSymbolicName(), new NewVersion(bundle));
        }
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
            List<String> names = List.copyOf(bundles.keySet());
            for (int step = 0; step < steps && violations.isEmpty(); step++) {
                String what = step(names.get(random.nextInt(names.size())), random);
                done.merge(what.substring(0, what.indexOf(' ')), 1, Integer::sum);
                check(partition, "step " + step + ", " + what);
                witnesses.forEach(witness -> complain(witness.complaint()));
            }
            for (String name : names) {
                start(name);
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
        Bundle bundle = bundles.get(name);
        if (bundle == null) {
            start(name);
            return "install " + name;
        }
        switch (random.nextInt(6)) {
            case 0 -> {
                bundle.stop();
                return "stop " + name;
            }
            case 1 -> {
                bundle.uninstall();
                bundles.put(name, null);
                return "uninstall " + name;
            }
            case 2 -> {
                bundle.update(jar(name));
                return "update " + name;
            }
            case 3 -> {
                refresh(bundle);
                return "refresh " + name;
            }
            default -> {
                start(name);
                return "start " + name;
            }
        }
    }

    private InputStream jar(String name) {
        return versions.get(name).of(++micro);
    }

    /** Starts a bundle, and installs it first if need be; what it requires may be missing. */
    private void start(String name) throws BundleException {
        Bundle bundle = bundles.get(name);
        if (bundle == null) {
            try (InputStream jar = jar(name)) {
                bundle = context.installBundle(name + "/" + micro, jar);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            bundles.put(name, bundle);
        }
        try {
            bundle.start();
        } catch (BundleException e) {
            if (e.getType() != BundleException.RESOLVE_ERROR) {
                throw e;
            }
        }
    }

    private void refresh(Bundle bundle) throws InterruptedException {
        CountDownLatch done = new CountDownLatch(1);
        context.getBundle(0).adapt(FrameworkWiring.class).refreshBundles(Set.of(bundle), event -> done.countDown());
        if (!done.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            violations.add("a refresh does not end");
        }
    }

    private void check(GuestPartition partition, String where) {
        graph.violations().forEach(line -> violations.add(where + ": " + line));
        Set<String> offered = graph.offered();
        for (SlotDTO slot : partition.places().slots()) {
            SlotDTO.State expected = offered.contains(slot.id()) ? SlotDTO.State.IN_PLACE : SlotDTO.State.VACANT;
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
