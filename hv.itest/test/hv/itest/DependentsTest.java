package hv.itest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.launcher.Container;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.osgi.framework.AllServiceListener;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleEvent;
import org.osgi.framework.ServiceEvent;
import org.osgi.framework.SynchronousBundleListener;

/** The run-time guard: what requires an enlightenment stops before it and comes back with it. */
class DependentsTest {
    private static final int ROUNDS = 20;

    private final List<String> events = Collections.synchronizedList(new ArrayList<>());
    private Container container;
    private BundleContext context;
    private Bundle vpindex;
    private Bundle middle;
    private Bundle top;

    /** top requires middle and time, middle requires vpindex, which is real and has a component. */
    @BeforeEach
    void start() throws Exception {
        container = Container.open(Shipped.distribution(), false);
        context = container.context();
        middle = context.installBundle("middle", MicroBundle.stream("middle", "vpindex"));
        top = context.installBundle("top", MicroBundle.stream("top", "middle", "time"));
        container.start(Set.of("top"));
        vpindex = container.graph().providers("vpindex").getFirst();
        context.addBundleListener((SynchronousBundleListener) event -> {
            if (event.getType() == BundleEvent.STOPPED || event.getType() == BundleEvent.STARTING) {
                events.add((event.getType() == BundleEvent.STOPPED ? "stopped " : "starts ")
                        + event.getBundle().getSymbolicName());
            }
        });
        context.addServiceListener(
                (AllServiceListener) event -> {
                    if (event.getType() == ServiceEvent.UNREGISTERING
                            && event.getServiceReference().getBundle().equals(vpindex)) {
                        events.add("service of hv.vpindex goes");
                    }
                },
                "(objectClass=hv.api.enlightenment.Enlightenment)");
    }

    @AfterEach
    void stop() throws Exception {
        container.close();
    }

    @Test
    @DisplayName("The dependents stop first, the furthest first, before the provider's component is taken away")
    void dependentsStopFirst() throws Exception {
        vpindex.stop();
        assertEquals(
                List.of(
                        "stopped micro.top",
                        "stopped micro.middle",
                        "service of hv.vpindex goes",
                        "stopped hv.vpindex"),
                events);
    }

    @Test
    @DisplayName("They come back when the provider is started, the nearest first")
    void dependentsComeBack() throws Exception {
        vpindex.stop();
        events.clear();
        vpindex.start();
        assertEquals(List.of("starts hv.vpindex", "starts micro.middle", "starts micro.top"), events);
    }

    @Test
    @DisplayName("They come back after an update, with one stop and one start each")
    void dependentsSurviveUpdate() throws Exception {
        middle.update(MicroBundle.stream("middle", "vpindex"));
        assertEquals(
                List.of("stopped micro.top", "stopped micro.middle", "starts micro.middle", "starts micro.top"),
                events);
    }

    @Test
    @Timeout(60)
    @DisplayName("What was uninstalled is not held, so that a guest whose parts are replaced for weeks does not grow")
    void goneIsForgotten() throws Exception {
        List<WeakReference<Bundle>> gone = new ArrayList<>();
        for (int i = 0; i < ROUNDS; i++) {
            Bundle bundle = context.installBundle("short" + i, MicroBundle.stream("short" + i, "vpindex"));
            bundle.start();
            bundle.uninstall();
            gone.add(new WeakReference<>(bundle));
        }
        // The last one may be known until another one comes.
        while (gone.stream().filter(bundle -> bundle.get() != null).count() > 1) {
            System.gc();
            Thread.sleep(20);
        }
    }

    @Test
    @DisplayName("They stay stopped when the provider is uninstalled, and come back with another provider")
    void dependentsWaitForAnotherProvider() throws Exception {
        middle.uninstall();
        assertEquals(Bundle.RESOLVED, top.getState());
        context.installBundle("other", MicroBundle.stream("middle", "vpindex")).start();
        assertEquals(Bundle.ACTIVE, top.getState());
    }

    @Test
    @DisplayName("Nothing stops while another active bundle offers the same enlightenment")
    void anotherProviderIsEnough() throws Exception {
        try (var jar = MicroBundle.stream("vpindex")) {
            context.installBundle("second", jar).start();
        }
        events.clear();
        vpindex.stop();
        assertEquals(Bundle.ACTIVE, middle.getState());
        assertEquals(Bundle.ACTIVE, top.getState());
    }

    @Test
    @DisplayName("What its owner stopped meanwhile, or before, is not brought back")
    void ownersStopIsKept() throws Exception {
        top.stop();
        vpindex.stop();
        middle.stop();
        events.clear();
        vpindex.start();
        assertEquals(List.of("starts hv.vpindex"), events);
    }

    @Test
    @DisplayName("A bundle that requires two comes back only with both")
    void bothProvidersNeeded() throws Exception {
        Bundle time = container.graph().providers("time").getFirst();
        vpindex.stop();
        time.stop();
        vpindex.start();
        assertEquals(Bundle.ACTIVE, middle.getState());
        assertEquals(Bundle.RESOLVED, top.getState());
        time.start();
        assertEquals(Bundle.ACTIVE, top.getState());
    }

    @Test
    @DisplayName("What is started without those it requires has them started first, the furthest first")
    void requirementsAreStartedFirst() throws Exception {
        vpindex.stop();
        middle.stop();
        top.stop();
        events.clear();
        top.start();
        assertEquals(Bundle.ACTIVE, top.getState());
        List<String> starts =
                events.stream().filter(event -> event.startsWith("starts")).toList();
        assertEquals(
                List.of("starts hv.vpindex", "starts micro.middle", "starts micro.top"),
                starts.subList(starts.size() - 3, starts.size()));
    }

    @Test
    @DisplayName("The stops of the framework's own end are not the guard's: nothing comes back")
    void shutdownIsQuiet() throws Exception {
        container.close();
        assertTrue(events.stream().noneMatch(event -> event.startsWith("starts")), events::toString);
    }
}
