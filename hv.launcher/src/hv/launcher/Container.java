package hv.launcher;

import hv.launcher.connect.Connector;
import hv.launcher.run.Stty;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.felix.framework.FrameworkFactory;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.Constants;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.launch.Framework;
import org.osgi.framework.wiring.BundleWiring;

/**
 * The framework of one job: installs what a distribution holds, starts what the job needs, stops and leaves nothing
 * behind.
 *
 * <p>Installing is cheap, because the framework reads the jars where they lie; starting is what costs, so only the
 * bundles that the job needs are started: first the component runtime, then enlightenments in the order of their
 * requirements, then those who use them. The framework keeps its own files in a {@link PrivateFolder}, so any number of
 * jobs run side by side. Made and used by one thread; {@link #close} may be called by any, a shutdown hook for
 * instance: it waits for the step that is being done, and no other is begun.
 */
public final class Container implements AutoCloseable {
    /** Key of the services that {@link Main} calls by name; most are {@code ToIntFunction<String[]>}. */
    public static final String VERB = "hv.verb";

    /** What the program hands to the bundle that runs guests: of one class for both. */
    private static final String OPTIONS = "hv.launcher.options;version=1.0";

    private static final String OURS = "hv.";
    private static final String RUNNER = "hv.launcher";

    /** The shell on the terminal; the file names have JLine before the shell that uses it. */
    private static final List<String> TERMINAL = List.of("org.jline", "org.apache.felix.gogo.jline");

    private static final long STOP_TIMEOUT_MILLIS = 10_000;

    private final ReentrantLock steps = new ReentrantLock();
    private volatile boolean isClosing;
    private PrivateFolder folder;
    private PrivateFolder terminalFolder;
    private TerminalSettings settings;
    private Framework framework;
    private List<Bundle> consoleBundles = List.of();
    private EnlightenmentGraph graph;
    private DependentsGuard guard;
    private volatile boolean leavesDevices;

    /** One that is closed, for {@link #begin}. */
    Container() {}

    /**
     * Starts a framework with the distribution's bundles installed and none started.
     *
     * @param console whether the console's bundles are wanted too
     */
    public static Container open(Distribution distribution, boolean console) throws IOException, BundleException {
        Container container = new Container();
        boolean isDone = false;
        try {
            container.begin(distribution, console);
            isDone = true;
            return container;
        } finally {
            if (!isDone) {
                container.close();
            }
        }
    }

    /** What {@link #open} does; whoever calls this closes it also when it fails. Once. */
    void begin(Distribution distribution, boolean console) throws IOException, BundleException {
        this.<IOException>step(() -> {
            List<Path> jars = distribution.bundles();
            List<Path> consoleJars = console ? distribution.consoleBundles() : List.of();
            Connector connector = Connector.of(distribution.root(), distribution.deployed());
            folder = PrivateFolder.forFiles();
            framework =
                    new FrameworkFactory().newFramework(properties(folder.path().resolve("felix"), console), connector);
            framework.init();
            ComponentLog.offer(framework.getBundleContext());
            install(jars, connector);
            consoleBundles = install(consoleJars, connector);
            framework.start();
            graph = new EnlightenmentGraph(framework.getBundleContext());
            guard = new DependentsGuard(framework.getBundleContext(), graph);
        });
    }

    /** A part of the work that is done wholly or not begun. */
    @FunctionalInterface
    private interface Step<E extends Exception> {
        void take() throws E, BundleException;
    }

    private <E extends Exception> void step(Step<E> step) throws E, BundleException {
        steps.lock();
        try {
            if (isClosing) {
                throw new IllegalStateException("the framework is being stopped");
            }
            step.take();
        } finally {
            steps.unlock();
        }
    }

    private List<Bundle> install(List<Path> jars, Connector connector) throws BundleException {
        List<Bundle> bundles = new ArrayList<>();
        for (Path jar : jars) {
            bundles.add(framework.getBundleContext().installBundle(connector.locationOf(jar)));
        }
        return List.copyOf(bundles);
    }

    /**
     * The framework finds its folder empty and never cleans it: that would be to remove it, and to make it again for
     * all to write in.
     */
    @SuppressWarnings({"unchecked", "rawtypes"})
    private static Map<String, String> properties(Path storage, boolean console) {
        Map properties = new HashMap<String, Object>();
        properties.put(Constants.FRAMEWORK_STORAGE, storage.toString());
        properties.put(Constants.FRAMEWORK_STORAGE_CLEAN, "none");
        properties.put("felix.cache.locking", "false");
        // The shell reads its profile by a URL of the framework's; nobody else needs such.
        properties.put("felix.service.urlhandlers", String.valueOf(console));
        // So few bundles resolve faster on one thread.
        properties.put("felix.resolver.parallelism", "1");
        // The framework takes its log as an object, whatever the type of the map says.
        properties.put("felix.log.logger", new FrameworkLog());
        properties.put("felix.log.level", "1");
        properties.put(Constants.FRAMEWORK_SYSTEMPACKAGES_EXTRA, ComponentLog.PACKAGE + "," + OPTIONS);
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
     * @throws BundleException if a requirement of one is not deployed; see {@link EnlightenmentGraph#missing} for a
     *     reason to print first
     */
    public void start(Collection<String> ids) throws BundleException {
        for (String id : ids) {
            Set<String> missing = graph.missing(id);
            if (!missing.isEmpty()) {
                throw new BundleException("%s cannot start: no deployed bundle offers %s".formatted(id, missing));
            }
        }
        start(graph.closure(ids));
    }

    /** Has what concerns devices on VMBus not started, for a guest that is to have none. Before anything is started. */
    void leavesDevices() {
        leavesDevices = true;
    }

    /** Starts the component runtime and the bundle that runs guests, for it to say what else is needed. */
    void startRunner() throws BundleException {
        for (Bundle bundle : context().getBundles()) {
            if (bundle.getBundleId() != 0
                    && !consoleBundles.contains(bundle)
                    && !bundle.getSymbolicName().startsWith(OURS)) {
                startFirst(bundle);
            }
        }
        for (Bundle bundle : context().getBundles()) {
            if (bundle.getSymbolicName().equals(RUNNER)) {
                start(bundle);
            }
        }
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
            } else if (graph.offers(bundle).isEmpty() && !(leavesDevices && DeviceBundles.isOne(bundle))) {
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
    void startConsole() throws IOException, BundleException {
        startCommands();
        this.<IOException>step(() -> {
            settings = new TerminalSettings(Stty::system);
            terminalFolder = PrivateFolder.forLibraries();
            TerminalLibrary.unpacksInto(terminalFolder.path());
        });
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

    private void start(Bundle bundle) throws BundleException {
        if (bundle.getHeaders().get(Constants.FRAGMENT_HOST) == null) {
            step(() -> bundle.start(Bundle.START_ACTIVATION_POLICY));
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

    /** Stops what runs and removes the framework's files. Idempotent. */
    @Override
    public void close() throws IOException, BundleException {
        isClosing = true;
        boolean isFree = false;
        try {
            // A bundle that never comes back from its start cannot keep the process.
            isFree = steps.tryLock(STOP_TIMEOUT_MILLIS, TimeUnit.MILLISECONDS);
            stop();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            if (isFree) {
                steps.unlock();
            }
            if (settings != null) {
                settings.close();
            }
            remove(terminalFolder);
            remove(folder);
        }
    }

    private static void remove(PrivateFolder made) throws IOException {
        if (made != null) {
            made.close();
        }
    }

    private void stop() throws BundleException, InterruptedException {
        if (framework == null) {
            return;
        }
        if (guard != null && framework.getState() == Bundle.ACTIVE) {
            guard.close();
        }
        framework.stop();
        framework.waitForStop(STOP_TIMEOUT_MILLIS);
    }
}
