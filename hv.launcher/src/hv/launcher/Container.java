package hv.launcher;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.TreeSet;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.Constants;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.launch.Framework;
import org.osgi.framework.launch.FrameworkFactory;
import org.osgi.framework.wiring.BundleWiring;

/**
 * The framework of one job: installs what a distribution holds, starts what the job needs, stops and leaves nothing behind.
 *
 * <p>Installing is cheap, because the framework reads the jars where they lie; starting is what costs, so only the bundles that
 * the job needs are started: first the component runtime, then enlightenments in the order of their requirements, then those who
 * use them. The framework keeps its own files in a temporary folder, so any number of jobs run side by side. Made and closed by
 * one thread; {@link #close} may also be called by a shutdown hook.
 */
public final class Container implements AutoCloseable {
    /** Key of the services that {@link Main} calls by name; they are {@code ToIntFunction<String[]>}. */
    public static final String VERB = "hv.verb";

    private static final Path SHARED_MEMORY = Path.of("/dev/shm");
    private static final String OURS = "hv.";

    /** The shell on the terminal; the file names have JLine before the shell that uses it. */
    private static final List<String> TERMINAL = List.of("org.jline", "org.apache.felix.gogo.jline");

    private static final long STOP_TIMEOUT_MILLIS = 10_000;

    private final Path storage;
    private final Framework framework;
    private final List<Bundle> consoleBundles;
    private final EnlightenmentGraph graph;
    private final DependentsGuard guard;

    private Container(Path storage, Framework framework, List<Bundle> consoleBundles) {
        this.storage = storage;
        this.framework = framework;
        this.consoleBundles = List.copyOf(consoleBundles);
        this.graph = new EnlightenmentGraph(framework.getBundleContext());
        this.guard = new DependentsGuard(framework.getBundleContext(), graph);
    }

    /**
     * Starts a framework with the distribution's bundles installed and none started.
     *
     * @param console whether the console's bundles are wanted too
     */
    public static Container open(Distribution distribution, boolean console) throws IOException, BundleException {
        List<Path> jars = distribution.bundles();
        List<Path> consoleJars = console ? distribution.consoleBundles() : List.of();
        Path storage = Files.createTempDirectory(storageRoot(), "hv-");
        Framework framework = null;
        try {
            framework = factory().newFramework(properties(storage, console));
            framework.init();
            install(framework, jars);
            List<Bundle> consoleBundles = install(framework, consoleJars);
            framework.start();
            return new Container(storage, framework, consoleBundles);
        } catch (BundleException e) {
            if (framework != null) {
                framework.stop();
            }
            Assemble.delete(storage);
            throw e;
        }
    }

    /** Memory rather than disk, where there is such a folder and nobody asked for another: a framework writes many small files. */
    private static Path storageRoot() {
        Path asked = Path.of(System.getProperty("java.io.tmpdir"));
        boolean isDefault = asked.equals(Path.of("/tmp"));
        return isDefault && Files.isWritable(SHARED_MEMORY) ? SHARED_MEMORY : asked;
    }

    private static List<Bundle> install(Framework framework, List<Path> jars) throws BundleException {
        List<Bundle> bundles = new ArrayList<>();
        for (Path jar : jars) {
            bundles.add(framework.getBundleContext().installBundle("reference:" + jar.toUri()));
        }
        return bundles;
    }

    private static FrameworkFactory factory() {
        return ServiceLoader.load(FrameworkFactory.class).iterator().next();
    }

    private static Map<String, String> properties(Path storage, boolean console) {
        Map<String, String> properties = new HashMap<>();
        properties.put(Constants.FRAMEWORK_STORAGE, storage.toString());
        properties.put(Constants.FRAMEWORK_STORAGE_CLEAN, Constants.FRAMEWORK_STORAGE_CLEAN_ONFIRSTINIT);
        properties.put("felix.cache.locking", "false");
        // The shell reads its profile by a URL of the framework's; nobody else needs such.
        properties.put("felix.service.urlhandlers", String.valueOf(console));
        // So few bundles resolve faster on one thread.
        properties.put("felix.resolver.parallelism", "1");
        properties.put("felix.log.level", "1");
        properties.put("ds.loglevel", "error");
        return properties;
    }

    /** The framework's own context. */
    public BundleContext context() {
        return framework.getBundleContext();
    }

    /** What the installed enlightenments offer and need. */
    public EnlightenmentGraph graph() {
        return graph;
    }

    /** Starts every enlightenment whose requirements are deployed, and everything else that is not the console's. */
    public void startAll() throws BundleException {
        Set<Bundle> startable = new TreeSet<>();
        for (Bundle bundle : graph.bundles()) {
            if (graph.missingFor(bundle).isEmpty()) {
                startable.add(bundle);
            }
        }
        start(startable);
    }

    /**
     * Starts the enlightenments with these ids, what they require, and everything else that is not the console's.
     *
     * @throws BundleException if one of them does not resolve; see {@link EnlightenmentGraph#missing} for a reason to print first
     */
    public void start(Collection<String> ids) throws BundleException {
        start(new Closure(context()).of(ids));
    }

    private void start(Set<Bundle> enlightenments) throws BundleException {
        guard.open();
        List<Bundle> last = new ArrayList<>();
        for (Bundle bundle : context().getBundles()) {
            if (bundle.getBundleId() == 0 || consoleBundles.contains(bundle)) {
                continue;
            }
            if (!bundle.getSymbolicName().startsWith(OURS)) {
                startFirst(bundle);
            } else if (graph.offers(bundle).isEmpty()) {
                last.add(bundle);
            }
        }
        for (Bundle bundle : graph.inStartOrder(enlightenments)) {
            start(bundle);
        }
        for (Bundle bundle : last) {
            start(bundle);
        }
    }

    /** Libraries and the component runtime; somebody else's enlightenment has its turn later. */
    private void startFirst(Bundle bundle) throws BundleException {
        if (graph.offers(bundle).isEmpty()) {
            start(bundle);
        }
    }

    /** Starts the hv commands and what runs them, without a terminal. */
    public void startCommands() throws BundleException {
        for (Bundle bundle : consoleBundles) {
            if (!TERMINAL.contains(bundle.getSymbolicName())) {
                start(bundle);
            }
        }
    }

    /** Starts the commands and the shell on the terminal, on a thread of its own. */
    void startConsole() throws BundleException {
        startCommands();
        // JLine looks for its terminals with the context class loader of whoever starts it.
        ClassLoader before = Thread.currentThread().getContextClassLoader();
        try {
            for (Bundle bundle : consoleBundles) {
                if (TERMINAL.contains(bundle.getSymbolicName())) {
                    start(bundle);
                    Thread.currentThread()
                            .setContextClassLoader(
                                    bundle.adapt(BundleWiring.class).getClassLoader());
                }
            }
        } finally {
            Thread.currentThread().setContextClassLoader(before);
        }
    }

    private static void start(Bundle bundle) throws BundleException {
        if (bundle.getHeaders().get(Constants.FRAGMENT_HOST) == null) {
            bundle.start(Bundle.START_ACTIVATION_POLICY);
        }
    }

    /** The service that does a verb's work. */
    public Optional<Object> verb(String name) {
        try {
            ServiceReference<?>[] found = context().getServiceReferences((String) null, "(" + VERB + "=" + name + ")");
            return found == null
                    ? Optional.empty()
                    : Optional.ofNullable(context().getService(found[0]));
        } catch (InvalidSyntaxException e) {
            throw new IllegalArgumentException(name, e);
        }
    }

    /** Waits until the framework has been stopped, by its console for instance. */
    void awaitStop() throws InterruptedException {
        framework.waitForStop(0);
    }

    @Override
    public void close() throws IOException, BundleException {
        if (framework.getState() == Bundle.ACTIVE) {
            guard.close();
        }
        framework.stop();
        try {
            framework.waitForStop(STOP_TIMEOUT_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        Assemble.delete(storage);
    }
}
