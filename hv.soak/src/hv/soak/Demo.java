package hv.soak;

import hv.api.dto.SwapDTO;
import hv.api.host.GuestPartition;
import hv.api.host.Hypervisor;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;

/**
 * Every enlightenment replaced once, one after the other, under a guest at work, with a line for each as it happens:
 * how long the guest was kept from going on, and what it has done so far. At the end the counts of guest and host are
 * compared. One thread, inside the framework.
 */
final class Demo {
    private static final Duration LONGEST = Duration.ofMinutes(5);
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    /** Between two swaps, for the guest to work and for people to look. */
    private static final long PACE_MILLIS = 200;

    private static final String ROW = "%-20s %-22s %-22s %8s  %s%n";

    private final Hypervisor hypervisor;
    private final BundleContext context;
    private final SoakSpec spec;
    private final PrintStream out;
    private int swaps;
    private int failures;
    private long longestMicros;

    Demo(Hypervisor hypervisor, BundleContext context, SoakSpec.Backend backend, int vps, PrintStream out) {
        this.hypervisor = hypervisor;
        this.context = context;
        this.spec = SoakSpec.of(backend, vps, LONGEST);
        this.out = out;
    }

    /** Does it; whether nothing was lost. */
    boolean run() throws Exception {
        List<Bundle> bundles = new Graph(context).active();
        out.printf(
                Locale.ROOT,
                "a guest on %s, %d VPs: timers, messages, events, IPIs, TLB flushes and clocks at once, counted by guest and host%n",
                spec.backend() == SoakSpec.Backend.KVM ? "KVM" : "an interpreter (hosted)",
                spec.vps());
        out.printf(Locale.ROOT, ROW, "ENLIGHTENMENT", "FROM", "TO", "PAUSE", "MESSAGES TO THE GUEST SO FAR");
        SoakReport report;
        try (SoakRun soak = SoakRun.start(hypervisor, spec)) {
            TimeUnit.MILLISECONDS.sleep(PACE_MILLIS);
            for (Bundle bundle : bundles) {
                replace(bundle, soak);
                TimeUnit.MILLISECONDS.sleep(PACE_MILLIS);
            }
            soak.enough();
            report = soak.finish();
        }
        return tell(report);
    }

    /** A newer version of a bundle takes over from it, for all enlightenments that it has. */
    private void replace(Bundle bundle, SoakRun soak) throws BundleException, IOException {
        GuestPartition partition = soak.partition();
        int before = partition.places().history().size();
        NewVersion newer = new NewVersion(bundle);
        Bundle successor;
        try (InputStream jar = newer.of(1)) {
            successor = context.installBundle(newer.symbolicName() + "/demo", jar);
        }
        successor.start();
        if (!hypervisor.settle(PATIENCE)) {
            failures++;
            out.println("FAILED: " + newer.symbolicName() + " has not taken over");
        }
        List<SwapDTO> history = partition.places().history();
        for (SwapDTO swap : history.subList(before, history.size())) {
            boolean isGood = swap.succeeded() && swap.kind() == SwapDTO.Kind.SWAP;
            swaps++;
            failures += isGood ? 0 : 1;
            longestMicros = Math.max(longestMicros, swap.pauseMicros());
            out.printf(
                    Locale.ROOT,
                    ROW,
                    swap.id(),
                    swap.from(),
                    swap.to(),
                    swap.pauseMicros() + " us",
                    isGood ? soak.messagesSent() : "FAILED: " + swap.outcome());
        }
        bundle.stop();
    }

    private boolean tell(SoakReport report) {
        long all = report.rows().stream().mapToLong(SoakReport.Row::host).sum();
        long lost = report.rows().stream()
                .mapToLong(row -> Math.abs(row.host() - row.guest()))
                .sum();
        report.violations().forEach(violation -> out.println("WRONG " + violation));
        out.printf(
                Locale.ROOT,
                "%d enlightenments replaced in %.1f s, longest pause %d us; %d things counted on both sides, lost or doubled: %d%n",
                swaps,
                report.seconds(),
                longestMicros,
                all,
                lost);
        return swaps > 0 && failures == 0 && lost == 0 && report.isClean();
    }
}
