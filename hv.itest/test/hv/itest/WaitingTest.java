package hv.itest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceReference;
import org.osgi.util.tracker.ServiceTracker;

/** What an embedder can wait for with a filter, in a framework that anybody could have started. */
class WaitingTest {
    private static final String HYPERVISOR = "hv.api.host.Hypervisor";
    private static final String ENLIGHTENMENT = "hv.api.enlightenment.Enlightenment";
    private static final String ID = "hv.enlightenment";

    @TempDir
    Path storage;

    @Test
    @DisplayName(
            "Every service says which enlightenment it is, as its bundle's capabilities do, and the hypervisor says which it has")
    void servicesSayWhatTheyAre() throws Exception {
        try (PlainFelix felix = new PlainFelix(storage)) {
            felix.startAll(1);
            BundleContext context = felix.context();
            Set<String> ids = new TreeSet<>();
            for (ServiceReference<?> service : context.getAllServiceReferences(ENLIGHTENMENT, null)) {
                String id = (String) service.getProperty(ID);
                assertTrue(
                        service
                                .getBundle()
                                .adapt(org.osgi.framework.wiring.BundleRevision.class)
                                .getDeclaredCapabilities(ID)
                                .stream()
                                .anyMatch(capability ->
                                        id.equals(capability.getAttributes().get(ID))),
                        service::toString);
                assertTrue(ids.add(id), id);
            }
            assertEquals(ids, idsOf(hypervisor(context)));
        }
    }

    @Test
    @DisplayName("Who waits for a hypervisor with stimer sees none without it, whatever order bundles start in")
    void waitsForWhatIsNeeded() throws Exception {
        try (PlainFelix felix = new PlainFelix(storage)) {
            BundleContext context = felix.context();
            String wanted = "(&(objectClass=%s)(%s=stimer)(%s=synic))".formatted(HYPERVISOR, ID, ID);
            ServiceTracker<Object, Object> tracker = new ServiceTracker<>(context, context.createFilter(wanted), null);
            // These tests have another Hypervisor on their class path; the framework offers such to nobody but who
            // wants all.
            tracker.open(true);
            Bundle timers = null;
            for (Bundle bundle : felix.shuffled(2)) {
                if (bundle.getSymbolicName().equals("hv.stimer")) {
                    timers = bundle;
                } else {
                    bundle.start();
                }
            }
            assertNotNull(hypervisor(context));
            assertNull(tracker.getService());
            timers.start();
            assertNotNull(tracker.waitForService(30_000));
            timers.stop();
            assertNull(tracker.getService());
            assertTrue(!idsOf(hypervisor(context)).contains("stimer"));
            tracker.close();
        }
    }

    private static ServiceReference<?> hypervisor(BundleContext context) throws InvalidSyntaxException {
        return context.getAllServiceReferences(HYPERVISOR, null)[0];
    }

    private static Set<String> idsOf(ServiceReference<?> hypervisor) {
        return new TreeSet<>(Arrays.asList((String[]) hypervisor.getProperty(ID)));
    }
}
