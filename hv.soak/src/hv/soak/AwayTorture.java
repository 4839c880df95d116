package hv.soak;

import hv.api.dto.PlaceDTO;
import hv.api.host.GuestPartition;
import hv.api.host.Hypervisor;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;

/**
 * Every enlightenment bundle leaves and comes back in every way that bundles can, again and again, under a soak: what
 * requires it must leave before and come back after, and neither side of the soak may count anything wrong. One bundle
 * at a time; several at once on as many threads; all of them, in random orders. One caller, inside the framework.
 */
final class AwayTorture {
    private static final Duration LONGEST = Duration.ofHours(2);
    private static final int THREADS = 4;
    private static final int MOST_ATTEMPTS = 1_000;
    private static final String REFUSED = "Unable to acquire global lock";

    private enum Way {
        STOP_START,
        UPDATE,
        REFRESH,
        REINSTALL
    }

    private final Hypervisor hypervisor;
    private final BundleContext context;
    private final SoakSpec spec;
    private final int rounds;
    private final long seed;
    private final List<String> violations = Collections.synchronizedList(new ArrayList<>());
    private final Map<Way, Integer> done = new EnumMap<>(Way.class);

    AwayTorture(Hypervisor hypervisor, BundleContext context, TortureSpec wanted) {
        this.hypervisor = hypervisor;
        this.context = context;
        this.spec = SoakSpec.of(wanted.backend(), wanted.vps(), LONGEST);
        this.rounds = wanted.count();
        this.seed = wanted.seed();
    }

    /** Does it; lines for people, the last one {@code clean} or how many things were wrong. */
    List<String> run() throws Exception {
        Bundles bundles = new Bundles(context);
        List<String> lines = new ArrayList<>();
        long started = System.nanoTime();
        SoakReport report;
        try (SoakRun soak = SoakRun.start(hypervisor, spec)) {
            soak.partition().places().deadline(Duration.ofMinutes(10));
            Random random = new Random(seed);
            for (String name : bundles.names()) {
                for (int round = 0; round < rounds && violations.isEmpty(); round++) {
                    leaveAndReturn(bundles, name, random);
                    check(soak.partition(), "round " + round + " of " + name);
                }
            }
            severalAtOnce(bundles);
            check(soak.partition(), "several at once");
            allInOrder(bundles, random, soak.partition());
            soak.enough();
            report = soak.finish();
        }
        lines.add("seed %d: %s of %d bundles in %.1f s"
                .formatted(seed, done, bundles.names().size(), (System.nanoTime() - started) / 1e9));
        lines.addAll(report.lines().subList(0, report.lines().size() - 1));
        if (!report.isClean()) {
            violations.add("the soak counted something wrong");
        }
        violations.forEach(violation -> lines.add("WRONG " + violation));
        lines.add(violations.isEmpty() ? "clean" : violations.size() + " violations");
        return lines;
    }

    private void leaveAndReturn(Bundles bundles, String name, Random random) throws Exception {
        Way way = Way.values()[random.nextInt(Way.values().length)];
        switch (way) {
            case STOP_START -> {
                bundles.stop(name);
                bundles.start(name);
            }
            case UPDATE -> bundles.update(name);
            case REFRESH -> bundles.refresh(name);
            case REINSTALL -> {
                bundles.uninstall(name);
                bundles.start(name);
            }
        }
        synchronized (done) {
            done.merge(way, 1, Integer::sum);
        }
    }

    /** Each thread has bundles of its own. Refreshes are left out: one takes bundles of other threads along. */
    private void severalAtOnce(Bundles bundles) throws Exception {
        List<String> names = bundles.names();
        ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        try {
            List<Callable<Void>> work = new ArrayList<>();
            for (int thread = 0; thread < THREADS; thread++) {
                int first = thread;
                work.add(() -> {
                    Random random = new Random(seed + first);
                    for (int round = 0; round < rounds; round++) {
                        int own = random.nextInt((names.size() - first + THREADS - 1) / THREADS);
                        String name = names.get(first + own * THREADS);
                        boolean isUpdate = random.nextBoolean();
                        insist(bundles, name, () -> {
                            if (isUpdate) {
                                bundles.update(name);
                            } else {
                                bundles.stop(name);
                                bundles.start(name);
                            }
                            return null;
                        });
                    }
                    return null;
                });
            }
            for (Future<Void> each : threads.invokeAll(work)) {
                each.get();
            }
        } catch (ExecutionException e) {
            violations.add("several at once: " + e.getCause());
        } finally {
            threads.shutdownNow();
        }
    }

    /** The framework refuses a thread while another one has it resolve; who was refused starts the bundle again. */
    private static void insist(Bundles bundles, String name, Callable<Void> change) throws Exception {
        Callable<Void> next = change;
        for (int attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
            try {
                next.call();
                return;
            } catch (BundleException e) {
                if (!String.valueOf(e.getMessage()).startsWith(REFUSED)) {
                    throw e;
                }
                next = () -> {
                    bundles.start(name);
                    return null;
                };
            }
        }
        throw new IllegalStateException(name + " was refused " + MOST_ATTEMPTS + " times");
    }

    private void allInOrder(Bundles bundles, Random random, GuestPartition partition) throws Exception {
        List<String> names = new ArrayList<>(bundles.names());
        for (int round = 0; round < rounds / 10 && violations.isEmpty(); round++) {
            Collections.shuffle(names, random);
            for (String name : names) {
                bundles.stop(name);
            }
            Collections.shuffle(names, random);
            for (String name : names) {
                bundles.start(name);
            }
            check(partition, "all, round " + round);
        }
    }

    private void check(GuestPartition partition, String where) {
        if (!hypervisor.settle(Duration.ofMinutes(1))) {
            violations.add(where + ": what has come does not settle");
        }
        for (PlaceDTO slot : partition.places().all()) {
            if (slot.state() != PlaceDTO.State.IN_PLACE || slot.timeouts() != 0) {
                violations.add("%s: %s; %s"
                        .formatted(where, slot, partition.places().history().getLast()));
            }
        }
    }
}
