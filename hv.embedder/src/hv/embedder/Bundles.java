package hv.embedder;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.FrameworkEvent;
import org.osgi.framework.wiring.FrameworkWiring;

/** Ours among the bundles of a container, and what can be done to them. One thread. */
final class Bundles {
    /** Installed by a container's own means from its class path or module path: no jar can be handed over. */
    private static final String CONNECTED = "atomos:";

    private static final long PATIENCE_SECONDS = 60;

    /** How a bundle leaves and comes back. */
    enum Way {
        STOP_START,
        UPDATE,
        REFRESH,
        REINSTALL
    }

    private final BundleContext context;
    private final Settings settings;

    Bundles(BundleContext context, Settings settings) {
        this.context = context;
        this.settings = settings;
    }

    /** All of ours but this one, and the component runtime. */
    List<Bundle> ours() {
        List<Bundle> ours = new ArrayList<>();
        for (Bundle bundle : context.getBundles()) {
            String name = String.valueOf(bundle.getSymbolicName());
            if (name.startsWith("hv.") && bundle != context.getBundle() || name.equals("org.apache.felix.scr")) {
                ours.add(bundle);
            }
        }
        return ours;
    }

    /** Starts all of them, in the order of {@code seed}, after stopping them in another one. */
    void restartAll(long seed) throws BundleException {
        Random random = new Random(seed);
        List<Bundle> all = ours();
        Collections.shuffle(all, random);
        for (Bundle bundle : all) {
            bundle.stop();
        }
        Collections.shuffle(all, random);
        for (Bundle bundle : all) {
            bundle.start();
        }
    }

    Bundle named(String name) {
        return ours().stream()
                .filter(bundle -> bundle.getSymbolicName().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("no bundle " + name));
    }

    void leaveAndReturn(String name, Way way) throws BundleException, IOException, InterruptedException {
        Bundle bundle = named(name);
        switch (way) {
            case STOP_START -> {
                bundle.stop();
                bundle.start();
            }
            case UPDATE -> {
                if (bundle.getLocation().startsWith(CONNECTED)) {
                    bundle.update();
                } else {
                    try (InputStream jar = jar(bundle)) {
                        bundle.update(jar);
                    }
                }
            }
            case REFRESH -> refresh(bundle);
            case REINSTALL -> {
                String location = bundle.getLocation();
                boolean isConnected = location.startsWith(CONNECTED);
                try (InputStream jar = isConnected ? null : jar(bundle)) {
                    bundle.uninstall();
                    context.installBundle(location, jar).start();
                }
            }
        }
    }

    private InputStream jar(Bundle bundle) throws IOException {
        return Files.newInputStream(
                settings.jar(bundle.getSymbolicName(), bundle.getVersion().toString()));
    }

    private void refresh(Bundle bundle) throws InterruptedException {
        CountDownLatch done = new CountDownLatch(1);
        context.getBundle(0).adapt(FrameworkWiring.class).refreshBundles(Set.of(bundle), event -> {
            if (event.getType() == FrameworkEvent.PACKAGES_REFRESHED) {
                done.countDown();
            }
        });
        if (!done.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            throw new IllegalStateException("a refresh of " + bundle + " does not end");
        }
    }

    /** The ways that a bundle can leave and come back in here. */
    List<Way> ways() {
        return Arrays.stream(Way.values())
                .filter(way -> settings.ways().isEmpty()
                        || List.of(settings.ways().split(",")).contains(way.name()))
                .toList();
    }

    /** Installs and starts the newer hv.time beside the one that is there. */
    Bundle newer() throws BundleException {
        Bundle newer = context.installBundle(settings.newer().toUri().toString());
        newer.start();
        return newer;
    }
}
