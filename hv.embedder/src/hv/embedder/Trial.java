package hv.embedder;

import hv.api.host.Hypervisor;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.util.tracker.ServiceTracker;

/** Everything that has to work, done in the container that this bundle was started in. One thread. */
final class Trial {
    private static final long PATIENCE_MILLIS = 60_000;

    /** What a guest's timer stands on, and the timer itself. */
    private static final List<String> IN_USE = List.of("hv.synic", "hv.time", "hv.vpindex", "hv.stimer");

    private static final String ALL = "(&(objectClass=hv.api.host.Hypervisor)(hv.enlightenment=vpindex)"
            + "(hv.enlightenment=time)(hv.enlightenment=synic)(hv.enlightenment=stimer))";
    private static final String TIME = "time";
    private static final String VPINDEX = "vpindex";

    private final BundleContext context;
    private final Settings settings;
    private final Bundles bundles;
    private final Report report;

    Trial(BundleContext context, Settings settings) {
        this.context = context;
        this.settings = settings;
        this.bundles = new Bundles(context, settings);
        this.report = new Report(settings.report());
    }

    void run() throws IOException {
        report.line("on\t" + context.getBundle(0).getSymbolicName() + " "
                + context.getBundle(0).getVersion() + ", Java "
                + Runtime.version().feature());
        ServiceTracker<Hypervisor, Hypervisor> tracker = tracker();
        try {
            report.cell("vmm", () -> vmm(tracker));
            report.cell("swap", () -> swap(tracker));
            report.cell("stop", () -> stop(tracker));
            report.cell("timer", () -> timer(tracker));
            report.cell("orders", () -> orders(tracker));
        } finally {
            tracker.close();
            report.line(Report.END);
        }
    }

    private ServiceTracker<Hypervisor, Hypervisor> tracker() {
        try {
            ServiceTracker<Hypervisor, Hypervisor> tracker =
                    new ServiceTracker<>(context, context.createFilter(ALL), null);
            tracker.open();
            return tracker;
        } catch (org.osgi.framework.InvalidSyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Hypervisor wait(ServiceTracker<Hypervisor, Hypervisor> tracker) throws InterruptedException {
        Hypervisor hypervisor = tracker.waitForService(PATIENCE_MILLIS);
        Guest.check(hypervisor != null, "no hypervisor with all that is needed came");
        return hypervisor;
    }

    private static String vmm(ServiceTracker<Hypervisor, Hypervisor> tracker) throws Exception {
        try (Guest guest = new Guest(wait(tracker))) {
            guest.mustGoOn("at the start");
            return guest.messages() + " messages";
        }
    }

    /** A newer version from a file takes over, and the older one when the newer one goes. */
    private String swap(ServiceTracker<Hypervisor, Hypervisor> tracker) throws Exception {
        try (Guest guest = new Guest(wait(tracker))) {
            guest.mustGoOn("at the start");
            String before = guest.inPlace(TIME);
            Bundle newer = bundles.newer();
            String after = inPlaceUnless(guest, before);
            guest.mustGoOn("after the swap");
            newer.uninstall();
            String back = inPlaceUnless(guest, after);
            Guest.check(back.equals(before), "back is " + back + " and not " + before);
            guest.mustGoOn("after the swap back");
            return before + " -> " + after + " -> " + back;
        }
    }

    private static String inPlaceUnless(Guest guest, String before) throws InterruptedException {
        long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(PATIENCE_MILLIS);
        String now = guest.inPlace(TIME);
        while ((now.equals(before) || now.isEmpty()) && System.nanoTime() < until) {
            TimeUnit.MILLISECONDS.sleep(1);
            now = guest.inPlace(TIME);
        }
        Guest.check(!now.equals(before), "still " + before);
        return now;
    }

    private String stop(ServiceTracker<Hypervisor, Hypervisor> tracker) throws Exception {
        try (Guest guest = new Guest(wait(tracker))) {
            guest.mustGoOn("at the start");
            bundles.named("hv.vpindex").stop();
            Guest.check(guest.inPlace(VPINDEX).isEmpty(), "the place is not vacant");
            bundles.named("hv.vpindex").start();
            wait(tracker);
            guest.mustGoOn("after the start");
            Guest.check(guest.inPlace(VPINDEX).startsWith("hv.vpindex"), "the place is vacant");
            return "vacant and filled";
        }
    }

    /** Each requirement leaves and comes back in each way, and the timer that is armed goes on. */
    private String timer(ServiceTracker<Hypervisor, Hypervisor> tracker) throws Exception {
        Random random = new Random(settings.seed());
        List<Bundles.Way> ways = bundles.ways();
        Map<Bundles.Way, Integer> done = new TreeMap<>();
        try (Guest guest = new Guest(wait(tracker))) {
            guest.mustGoOn("at the start");
            for (int round = 0; round < settings.rounds(); round++) {
                String name = IN_USE.get(random.nextInt(IN_USE.size()));
                Bundles.Way way = ways.get(random.nextInt(ways.size()));
                bundles.leaveAndReturn(name, way);
                guest.mustGoOn("in round " + round + ", " + way + " of " + name);
                done.merge(way, 1, Integer::sum);
            }
            return "0 of " + settings.rounds() + " lost " + done + ", " + guest.messages() + " messages";
        }
    }

    /** All bundles are stopped and started in random orders; afterwards there is a whole hypervisor again. */
    private String orders(ServiceTracker<Hypervisor, Hypervisor> tracker) throws Exception {
        for (int order = 0; order < settings.orders(); order++) {
            bundles.restartAll(settings.seed() + order);
            try (Guest guest = new Guest(wait(tracker))) {
                guest.mustGoOn("after order " + order);
            }
        }
        return settings.orders() + " orders";
    }
}
