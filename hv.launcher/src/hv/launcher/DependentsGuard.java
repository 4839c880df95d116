package hv.launcher;

import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleEvent;
import org.osgi.framework.BundleException;
import org.osgi.framework.BundleListener;
import org.osgi.framework.ServiceRegistration;
import org.osgi.framework.SynchronousBundleListener;
import org.osgi.framework.hooks.bundle.EventHook;
import org.osgi.framework.startlevel.BundleStartLevel;

/**
 * Keeps the Requires graph true while bundles come and go: what requires an enlightenment stops before it does, and
 * comes back when it does; what is started without one that it requires has that started first.
 *
 * <p>An event hook sees a bundle's STOPPING before any listener, so also before the component runtime takes the
 * bundle's components away; the hook stops the dependents there and then, on the thread that stops the bundle. Stops
 * and starts are transient: the guard brings back only what it stopped itself, and only while its owner has not stopped
 * or uninstalled it since. It hears of a start before the component runtime does, as it listens first; so a bundle that
 * is started too early is stopped again before it has any component, and comes back once the ones it requires, which
 * are started in its place, are there. Called by the framework on any thread.
 */
final class DependentsGuard implements EventHook, SynchronousBundleListener {
    private static final System.Logger LOG = System.getLogger(DependentsGuard.class.getName());

    private final BundleContext context;
    private final EnlightenmentGraph graph;
    private final Set<Bundle> stopped = new LinkedHashSet<>();
    private ServiceRegistration<EventHook> hook;

    DependentsGuard(BundleContext context, EnlightenmentGraph graph) {
        this.context = context;
        this.graph = graph;
    }

    /** Starts watching; before the first enlightenment is started. */
    synchronized void open() {
        if (hook == null) {
            hook = context.registerService(EventHook.class, this, null);
            context.addBundleListener((BundleListener) this);
        }
    }

    /** Stops watching: the whole framework is about to stop. */
    synchronized void close() {
        if (hook != null) {
            hook.unregister();
            context.removeBundleListener((BundleListener) this);
            hook = null;
        }
    }

    @Override
    public void event(BundleEvent event, Collection<BundleContext> contexts) {
        if (event.getType() == BundleEvent.STOPPING && isRunning()) {
            stopDependents(event.getBundle());
        }
    }

    @Override
    public void bundleChanged(BundleEvent event) {
        if (event.getType() == BundleEvent.STARTED) {
            if (graph.isSatisfied(event.getBundle())) {
                bringBack();
            } else {
                holdBack(event.getBundle());
            }
        }
    }

    private void holdBack(Bundle early) {
        LOG.log(Level.INFO, "{0} waits for what it requires", early.getSymbolicName());
        synchronized (stopped) {
            stopped.add(early);
        }
        stop(early);
        for (Bundle provider : graph.resting(early)) {
            LOG.log(
                    Level.INFO,
                    "{0} is started, because {1} requires it",
                    provider.getSymbolicName(),
                    early.getSymbolicName());
            try {
                provider.start(Bundle.START_ACTIVATION_POLICY);
            } catch (BundleException e) {
                LOG.log(Level.WARNING, provider.getSymbolicName() + " could not be started", e);
            }
        }
    }

    private static void stop(Bundle bundle) {
        try {
            bundle.stop(Bundle.STOP_TRANSIENT);
        } catch (BundleException e) {
            LOG.log(Level.WARNING, bundle.getSymbolicName() + " did not stop cleanly", e);
        }
    }

    private boolean isRunning() {
        return context.getBundle(0).getState() == Bundle.ACTIVE;
    }

    private void stopDependents(Bundle leaving) {
        for (Bundle dependent : graph.dependents(leaving)) {
            LOG.log(
                    Level.INFO,
                    "{0} stops, because {1} ({2}) is leaving",
                    dependent.getSymbolicName(),
                    leaving.getSymbolicName(),
                    String.join(", ", graph.offers(leaving)));
            synchronized (stopped) {
                stopped.add(dependent);
            }
            stop(dependent);
        }
    }

    private void bringBack() {
        for (Bundle bundle : readyToReturn()) {
            LOG.log(Level.INFO, "{0} comes back: what it requires is there again", bundle.getSymbolicName());
            try {
                bundle.start(Bundle.START_TRANSIENT | Bundle.START_ACTIVATION_POLICY);
            } catch (BundleException e) {
                LOG.log(Level.WARNING, bundle.getSymbolicName() + " could not be started again", e);
            }
        }
    }

    /** Takes out of the list what can be started, and what its owner no longer wants. */
    private List<Bundle> readyToReturn() {
        List<Bundle> ready = new ArrayList<>();
        synchronized (stopped) {
            stopped.removeIf(bundle -> bundle.getState() == Bundle.UNINSTALLED
                    || !bundle.adapt(BundleStartLevel.class).isPersistentlyStarted());
            for (Bundle bundle : stopped) {
                if (graph.isSatisfied(bundle)) {
                    ready.add(bundle);
                }
            }
            ready.forEach(stopped::remove);
        }
        return ready;
    }
}
