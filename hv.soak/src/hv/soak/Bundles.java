package hv.soak;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.wiring.FrameworkWiring;

/**
 * The enlightenment bundles of a framework, and what can be done to them while they are in use. Any thread, but one at
 * a time for each bundle.
 */
final class Bundles {
    private static final long PATIENCE_SECONDS = 60;

    private final BundleContext context;
    private final Map<String, NewVersion> versions = new TreeMap<>();
    private final Map<String, Bundle> installed = new ConcurrentHashMap<>();
    private final AtomicInteger micro = new AtomicInteger();

    /** Those that run now. */
    Bundles(BundleContext context) {
        this.context = context;
        for (Bundle bundle : new Graph(context).active()) {
            installed.put(bundle.getSymbolicName(), bundle);
            versions.put(bundle.getSymbolicName(), new NewVersion(bundle));
        }
    }

    /** Their symbolic names. */
    List<String> names() {
        return List.copyOf(versions.keySet());
    }

    boolean isInstalled(String name) {
        return installed.containsKey(name);
    }

    private InputStream jar(String name) {
        return versions.get(name).of(micro.incrementAndGet());
    }

    /** Starts a bundle, and installs it first if need be; what it requires may be missing. */
    void start(String name) throws BundleException {
        Bundle bundle = installed.get(name);
        if (bundle == null) {
            try (InputStream jar = jar(name)) {
                bundle = context.installBundle(name + "/" + micro.incrementAndGet(), jar);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            installed.put(name, bundle);
        }
        try {
            bundle.start();
        } catch (BundleException e) {
            if (e.getType() != BundleException.RESOLVE_ERROR) {
                throw e;
            }
        }
    }

    void stop(String name) throws BundleException {
        installed.get(name).stop();
    }

    void update(String name) throws BundleException {
        installed.get(name).update(jar(name));
    }

    void uninstall(String name) throws BundleException {
        installed.remove(name).uninstall();
    }

    /**
     * Wires a bundle anew, and those that are wired to it.
     *
     * @throws IllegalStateException if that does not end
     */
    void refresh(String name) throws InterruptedException {
        CountDownLatch done = new CountDownLatch(1);
        context.getBundle(0)
                .adapt(FrameworkWiring.class)
                .refreshBundles(Set.of(installed.get(name)), event -> done.countDown());
        if (!done.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            throw new IllegalStateException("a refresh of " + name + " does not end");
        }
    }
}
