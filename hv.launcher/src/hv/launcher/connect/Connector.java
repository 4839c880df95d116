package hv.launcher.connect;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleEvent;
import org.osgi.framework.SynchronousBundleListener;
import org.osgi.framework.connect.ConnectModule;
import org.osgi.framework.connect.ModuleConnector;

/**
 * Gives the framework the shipped bundles without opening their jars, and their classes from the program's class path,
 * where the class cache has them. Each jar once: a bundle that is updated or installed again is read from its file,
 * whatever that holds by then. Nothing is given of a distribution in which a jar has come, gone or changed since it was
 * assembled: classes of the class path would then meet others of the same name. Asked by the framework, on any thread.
 */
public final class Connector implements ModuleConnector, BundleActivator, SynchronousBundleListener {
    private static final String REFERENCE = "reference:";

    private final Map<String, ConnectedJar> jars;
    private final Map<String, ConnectedJar> given = new ConcurrentHashMap<>();

    private Connector(Map<String, ConnectedJar> jars) {
        this.jars = new ConcurrentHashMap<>(jars);
    }

    /**
     * For the bundles of a distribution.
     *
     * @param root its folder
     * @param deployed all jars in it that can be installed, by their names below it
     */
    public static Connector of(Path root, List<String> deployed) throws IOException {
        return of(root, deployed, Inventory.ofClassPath());
    }

    static Connector of(Path root, List<String> deployed, Optional<Inventory> inventory) {
        if (inventory.isEmpty() || !List.copyOf(inventory.get().jars().keySet()).equals(deployed)) {
            return new Connector(Map.of());
        }
        Map<String, ConnectedJar> jars = new HashMap<>();
        for (Map.Entry<String, Inventory.Jar> listed : inventory.get().jars().entrySet()) {
            Path path = root.resolve(listed.getKey());
            if (!listed.getValue().mark().isOf(path)) {
                return new Connector(Map.of());
            }
            jars.put(location(path), new ConnectedJar(path, listed.getValue()));
        }
        return new Connector(jars);
    }

    private static String location(Path jar) {
        return jar.toUri().toString();
    }

    /** Whether all bundles are read from their files. */
    public boolean isEmpty() {
        return jars.isEmpty();
    }

    /** What to call a jar for the framework: it asks for nothing that it reads where it lies. */
    public String locationOf(Path jar) {
        String location = location(jar);
        return jars.containsKey(location) ? location : REFERENCE + location;
    }

    @Override
    public Optional<ConnectModule> connect(String location) {
        ConnectedJar jar = jars.remove(location);
        if (jar != null) {
            given.put(location, jar);
        }
        return Optional.ofNullable(jar);
    }

    @Override
    public void initialize(File storage, Map<String, String> configuration) {
        // It keeps nothing.
    }

    @Override
    public Optional<BundleActivator> newBundleActivator() {
        return Optional.of(this);
    }

    @Override
    public void start(BundleContext context) {
        context.addBundleListener(this);
    }

    @Override
    public void stop(BundleContext context) {
        context.removeBundleListener(this);
    }

    /** A bundle is resolved again, perhaps to another version of what it imports. */
    @Override
    public void bundleChanged(BundleEvent event) {
        if (event.getType() == BundleEvent.UNRESOLVED) {
            ConnectedJar jar = given.remove(event.getBundle().getLocation());
            if (jar != null) {
                jar.leaveClassPath();
            }
        }
    }
}
