package hv.itest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.launcher.Container;
import hv.launcher.EnlightenmentGraph;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleEvent;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.SynchronousBundleListener;

/** What is shipped resolves, starts in order, registers its services, and can be stopped and started. */
class DeploymentTest {
    private Container container;
    private BundleContext context;

    @BeforeEach
    void open() throws Exception {
        container = Container.open(Shipped.distribution(), true);
        context = container.context();
    }

    @AfterEach
    void close() throws Exception {
        container.close();
    }

    @Test
    @DisplayName("Every shipped bundle starts, and Hypervisor and every enlightenment are services")
    void everythingStarts() throws Exception {
        container.startAll();
        container.startCommands();
        for (Bundle bundle : context.getBundles()) {
            boolean isShell = Set.of("org.jline", "org.apache.felix.gogo.jline").contains(bundle.getSymbolicName());
            assertTrue(isShell || bundle.getState() == Bundle.ACTIVE, bundle::toString);
        }
        assertNotNull(context.getAllServiceReferences("hv.api.host.Hypervisor", null));
        assertEquals(container.graph().bundles(), enlightenmentBundles());
    }

    @Test
    @DisplayName("Each enlightenment starts after those it requires, and all of them before the partition service")
    void startingOrder() throws Exception {
        List<Bundle> started = new ArrayList<>();
        context.addBundleListener((SynchronousBundleListener) event -> {
            if (event.getType() == BundleEvent.STARTED) {
                started.add(event.getBundle());
            }
        });
        context.installBundle("a", MicroBundle.stream("a", "b", "vpindex"));
        context.installBundle("b", MicroBundle.stream("b", "c"));
        context.installBundle("c", MicroBundle.stream("c", "time"));
        container.startAll();
        EnlightenmentGraph graph = container.graph();
        for (Bundle bundle : graph.bundles()) {
            for (String id : graph.requires(bundle)) {
                Bundle provider = graph.providers(id).getFirst();
                assertTrue(started.indexOf(provider) < started.indexOf(bundle), provider + " starts before " + bundle);
            }
            assertTrue(started.indexOf(bundle) < started.indexOf(named("hv.partition")), bundle::toString);
        }
    }

    @Test
    @DisplayName("Only what was asked for, and what it requires, is started")
    void onlyTheClosure() throws Exception {
        context.installBundle("a", MicroBundle.stream("a", "b"));
        context.installBundle("b", MicroBundle.stream("b", "vpindex"));
        container.start(Set.of("a", "relaxed"));
        Set<String> active = container.graph().bundles().stream()
                .filter(bundle -> bundle.getState() == Bundle.ACTIVE)
                .map(Bundle::getSymbolicName)
                .collect(Collectors.toCollection(TreeSet::new));
        Set<String> expected = new TreeSet<>(Set.of("micro.a", "micro.b"));
        expected.addAll(closure("vpindex"));
        expected.addAll(closure("relaxed"));
        assertEquals(expected, active);
    }

    @Test
    @DisplayName("A bundle whose requirement nobody offers does not resolve; the others start, and the gap has a name")
    void missingRequirement() throws Exception {
        Bundle lonely = context.installBundle("lonely", MicroBundle.stream("lonely", "nowhere"));
        Bundle further = context.installBundle("further", MicroBundle.stream("further", "lonely"));
        container.startAll();
        assertEquals(Bundle.INSTALLED, lonely.getState());
        assertEquals(Bundle.INSTALLED, further.getState());
        assertEquals(Set.of("nowhere"), container.graph().missing("further"));
        assertEquals(Bundle.ACTIVE, named("hv.vpindex").getState());
    }

    @Test
    @DisplayName("Without a guest every enlightenment bundle can be stopped and started, in any order")
    void stopAndStartInAnyOrder() throws Exception {
        container.startAll();
        List<Bundle> order = new ArrayList<>(container.graph().bundles());
        for (long seed = 1; seed <= 4; seed++) {
            Collections.shuffle(order, new Random(seed));
            for (Bundle bundle : order) {
                bundle.stop();
                assertFalse(enlightenmentBundles().contains(bundle), bundle::toString);
            }
            assertEquals(List.of(), enlightenmentBundles());
            Collections.shuffle(order, new Random(-seed));
            for (Bundle bundle : order) {
                bundle.start();
            }
            assertEquals(new HashSet<>(order), new HashSet<>(enlightenmentBundles()));
        }
    }

    @Test
    @DisplayName("Two frameworks run side by side and leave no files behind")
    void sideBySide() throws Exception {
        try (Container second = Container.open(Shipped.distribution(), false)) {
            second.startAll();
            container.startAll();
            assertEquals(container.graph().ids(), second.graph().ids());
        }
        assertEquals(Bundle.ACTIVE, named("hv.partition").getState());
    }

    private Set<String> closure(String id) {
        Set<String> names = new TreeSet<>();
        for (Bundle provider : container.graph().providers(id)) {
            names.add(provider.getSymbolicName());
            container.graph().requires(provider).forEach(other -> names.addAll(closure(other)));
        }
        return names;
    }

    private Bundle named(String name) {
        return Arrays.stream(context.getBundles())
                .filter(bundle -> bundle.getSymbolicName().equals(name))
                .findFirst()
                .orElseThrow();
    }

    /** The bundles that register enlightenments now, oldest first. */
    private List<Bundle> enlightenmentBundles() throws Exception {
        ServiceReference<?>[] found = context.getAllServiceReferences("hv.api.enlightenment.Enlightenment", null);
        return found == null
                ? List.of()
                : Arrays.stream(found)
                        .map(ServiceReference::getBundle)
                        .distinct()
                        .sorted()
                        .toList();
    }
}
