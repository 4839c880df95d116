package hv.soak;

import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.wiring.BundleWiring;
import org.osgi.framework.wiring.FrameworkWiring;

/**
 * The class loaders of bundles that were taken away, which must be collected. A framework keeps the one of a bundle
 * that others are wired to until these are wired anew, so one a dependent may be left until {@link #refresh}. One
 * thread.
 */
final class Loaders {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final List<WeakReference<ClassLoader>> gone = new ArrayList<>();
    private final BundleContext context;

    Loaders(BundleContext context) {
        this.context = context;
    }

    /** Stops and uninstalls a bundle and remembers its loader. */
    void takeAway(Bundle bundle) throws org.osgi.framework.BundleException {
        BundleWiring wiring = bundle.adapt(BundleWiring.class);
        if (wiring != null) {
            gone.add(new WeakReference<>(wiring.getClassLoader()));
        }
        wiring = null;
        bundle.stop();
        bundle.uninstall();
    }

    int count() {
        return gone.size();
    }

    /**
     * How many are still there once garbage is collected, but at least not more than {@code enough} if that can be
     * reached.
     */
    int left(int enough) throws InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        do {
            System.gc();
            gone.removeIf(loader -> loader.get() == null);
            if (gone.size() <= enough) {
                return gone.size();
            }
            TimeUnit.MILLISECONDS.sleep(50);
        } while (System.nanoTime() < deadline);
        return gone.size();
    }

    /** Wires bundles anew that are still wired to some that are gone. Returns when it is done. */
    void refresh() throws InterruptedException {
        FrameworkWiring framework = context.getBundle(0).adapt(FrameworkWiring.class);
        CountDownLatch done = new CountDownLatch(1);
        framework.refreshBundles(null, event -> done.countDown());
        if (!done.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
            throw new IllegalStateException(
                    "the framework does not come to an end of wiring " + Arrays.toString(context.getBundles()));
        }
    }
}
