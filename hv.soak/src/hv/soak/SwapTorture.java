package hv.soak;

import hv.api.dto.PlaceDTO;
import hv.api.dto.SwapDTO;
import hv.api.host.GuestPartition;
import hv.api.host.Hypervisor;
import java.io.InputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;

/**
 * Replaces every enlightenment bundle again and again, in random order, under a soak: each time a newer version is
 * installed and started beside the one in place, takes over, and the older one is stopped and uninstalled. Neither side
 * of the soak may count anything wrong, and the class loaders of all that is gone must be collected. One thread, inside
 * the framework.
 */
final class SwapTorture {
    private static final Duration LONGEST = Duration.ofHours(2);
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private final Hypervisor hypervisor;
    private final BundleContext context;
    private final SoakSpec spec;
    private final int swaps;
    private final long seed;
    private final List<String> violations = new ArrayList<>();
    private final List<Long> pauses = new ArrayList<>();
    private final Map<String, Bundle> current = new HashMap<>();
    private final Loaders loaders;
    private int done;

    SwapTorture(Hypervisor hypervisor, BundleContext context, TortureSpec wanted) {
        this.hypervisor = hypervisor;
        this.context = context;
        this.spec = SoakSpec.of(wanted.backend(), wanted.vps(), LONGEST);
        this.swaps = wanted.count();
        this.seed = wanted.seed();
        this.loaders = new Loaders(context);
    }

    /** Does it; lines for people, the last one {@code clean} or how many things were wrong. */
    List<String> run() throws Exception {
        List<NewVersion> bundles = new ArrayList<>();
        for (Bundle bundle : new Graph(context).active()) {
            bundles.add(new NewVersion(bundle));
            current.put(bundle.getSymbolicName(), bundle);
        }
        List<String> lines = new ArrayList<>();
        long started = System.nanoTime();
        SoakReport report;
        try (SoakRun soak = SoakRun.start(hypervisor, spec)) {
            Random random = new Random(seed);
            for (int micro = 1; done < swaps && violations.isEmpty() && soak.isRunning(); micro++) {
                replace(bundles.get(random.nextInt(bundles.size())), micro, soak.partition());
            }
            soak.enough();
            report = soak.finish();
        }
        lines.add("seed %d: %d swaps of %d bundles in %.1f s"
                .formatted(seed, done, bundles.size(), (System.nanoTime() - started) / 1e9));
        lines.addAll(report.lines().subList(0, report.lines().size() - 1));
        lines.add(percentiles());
        if (!report.isClean()) {
            violations.add("the soak counted something wrong");
        }
        lookForLoaders(lines, bundles.size());
        violations.forEach(violation -> lines.add("WRONG " + violation));
        lines.add(violations.isEmpty() ? "clean" : violations.size() + " violations");
        return lines;
    }

    private void replace(NewVersion versions, int micro, GuestPartition partition) throws BundleException {
        String name = versions.symbolicName();
        Instant begun = Instant.now();
        Bundle successor;
        try (InputStream jar = versions.of(micro)) {
            successor = context.installBundle(name + "/" + micro, jar);
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
        successor.start();
        if (!hypervisor.settle(PATIENCE)) {
            violations.add(name + " has not taken over");
        }
        for (SwapDTO swap : partition.places().history()) {
            if (swap.when().isBefore(begun)) {
                continue;
            }
            done++;
            pauses.add(swap.pauseMicros());
            if (!swap.succeeded() || swap.kind() != SwapDTO.Kind.SWAP) {
                violations.add("swap of " + swap.id() + ": " + swap.kind() + " " + swap.outcome());
            }
        }
        for (PlaceDTO slot : partition.places().all()) {
            if (slot.state() != PlaceDTO.State.IN_PLACE) {
                violations.add(slot.id() + " is " + slot.state());
            }
        }
        Bundle predecessor = current.put(name, successor);
        loaders.takeAway(predecessor);
    }

    private String percentiles() {
        long[] sorted = pauses.stream().mapToLong(Long::longValue).sorted().toArray();
        if (sorted.length == 0) {
            violations.add("nothing was swapped");
            return "no swaps";
        }
        return "pause of a swap: p50 %d us, p90 %d us, p99 %d us, longest %d us"
                .formatted(
                        sorted[sorted.length / 2],
                        sorted[(int) (sorted.length * 0.9)],
                        sorted[(int) (sorted.length * 0.99)],
                        sorted[sorted.length - 1]);
    }

    private void lookForLoaders(List<String> lines, int bundles) throws InterruptedException {
        int all = loaders.count();
        int wired = loaders.left(bundles);
        loaders.refresh();
        int left = loaders.left(0);
        lines.add("class loaders of %d bundles taken away: %d left while others were wired to them, %d left at the end"
                .formatted(all, wired, left));
        if (wired > bundles || left != 0) {
            violations.add("class loaders were not collected: " + Arrays.asList(wired, left));
        }
    }
}
