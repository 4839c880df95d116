package hv.itest;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.ServiceLoader;
import java.util.stream.Stream;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.Constants;
import org.osgi.framework.launch.Framework;
import org.osgi.framework.launch.FrameworkFactory;

/** A framework that anybody could have started: the shipped bundles, and nothing of the launcher's. One thread. */
final class PlainFelix implements AutoCloseable {
    private static final long STOP_MILLIS = 60_000;

    private final Framework framework;

    /** Starts it with all shipped bundles and {@code more} installed, and none of them started. */
    PlainFelix(Path storage, Path... more) throws IOException, BundleException {
        framework = ServiceLoader.load(FrameworkFactory.class)
                .findFirst()
                .orElseThrow()
                .newFramework(Map.of(Constants.FRAMEWORK_STORAGE, storage.toString(), "ds.loglevel", "error"));
        framework.start();
        List<Path> jars = new ArrayList<>(List.of(more));
        try (Stream<Path> shipped = Files.list(Shipped.distribution().root().resolve("bundles"))) {
            shipped.filter(file -> file.toString().endsWith(".jar")).forEach(jars::add);
        }
        for (Path jar : jars) {
            context().installBundle("reference:" + jar.toUri());
        }
    }

    BundleContext context() {
        return framework.getBundleContext();
    }

    /** All bundles but the framework itself and fragments, in an order that {@code seed} says. */
    List<Bundle> shuffled(long seed) {
        List<Bundle> bundles = new ArrayList<>();
        for (Bundle bundle : context().getBundles()) {
            if (bundle.getBundleId() != 0 && bundle.getHeaders().get(Constants.FRAGMENT_HOST) == null) {
                bundles.add(bundle);
            }
        }
        Collections.shuffle(bundles, new Random(seed));
        return bundles;
    }

    /** Starts all bundles in an order that {@code seed} says. */
    void startAll(long seed) throws BundleException {
        for (Bundle bundle : shuffled(seed)) {
            bundle.start();
        }
    }

    @Override
    public void close() throws BundleException {
        framework.stop();
        try {
            framework.waitForStop(STOP_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
