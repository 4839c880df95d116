package hv.launcher;

import hv.flags.Shown;
import hv.launcher.options.RunOptions;
import hv.launcher.run.Ahead;
import hv.launcher.run.Failure;
import java.io.IOException;
import java.util.Arrays;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiFunction;
import java.util.function.ToIntFunction;
import java.util.stream.Stream;
import org.osgi.framework.BundleException;

/**
 * The program: {@code java -jar hv.jar VERB ...}, which {@code ./hv} calls.
 *
 * <p>Commands that need neither a guest nor a container are done without one ({@link Tools}). Every other verb's work
 * is done by a bundle, behind a {@code ToIntFunction} with the property {@code hv.verb}: "run" by this bundle, which is
 * given the {@link RunOptions} that are read here; everything else by the console, which is given words. Here only the
 * framework is started, with no more bundles than the verb needs: a plain run has no console, and of the enlightenments
 * only those that its flags name, and what these require.
 *
 * <p>Exit status: what the verb says; 2 for a command line that cannot be used; 1 when something broke; 130 after
 * Ctrl-C.
 */
public final class Main {
    private static final int BROKEN = 1;

    private Main() {}

    /** The program. */
    public static void main(String[] args) {
        begin();
        int status = BROKEN;
        try {
            status = run(Distribution.ofThisProcess(), args);
        } catch (Throwable e) {
            Failure.tell(e);
        }
        // Threads of the console would keep the process alive.
        System.exit(status);
    }

    /** What comes before anything else in this process. */
    static void begin() {
        LogSetup.announce();
        IgnoredSignals.ignore();
        Thread.setDefaultUncaughtExceptionHandler((thread, thrown) -> Failure.tell(thrown));
    }

    /**
     * Does what {@code args} say with the bundles of a distribution, on the calling thread.
     *
     * @return exit status
     */
    public static int run(Distribution distribution, String... args) {
        String verb = args.length == 0 ? "help" : args[0];
        String[] rest = args.length == 0 ? args : Arrays.copyOfRange(args, 1, args.length);
        try {
            return switch (verb) {
                case "run" -> runGuest(distribution, rest);
                case "shell" -> shell(distribution, rest);
                default -> {
                    OptionalInt done = Tools.run(distribution, verb, rest);
                    yield done.isPresent() ? done.getAsInt() : console(distribution, verb, rest);
                }
            };
        } catch (UsageException e) {
            Shown.lines(e.getMessage()).forEach(line -> System.err.println("hv: " + line));
            return RunOptions.UNUSABLE;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return BROKEN;
        } catch (Throwable e) {
            // Also an Error, memory that ran out for instance: no exit is silent.
            Failure.tell(e);
            return BROKEN;
        }
    }

    private static int runGuest(Distribution distribution, String[] args)
            throws UsageException, BundleException, IOException, InterruptedException {
        RunOptions options;
        try {
            options = RunOptions.parse(args);
        } catch (IllegalArgumentException e) {
            throw new UsageException(e.getMessage());
        }
        if (options.backend() != RunOptions.Backend.HOSTED) {
            Ahead.start();
        }
        return Session.of(distribution, options.console(), container -> {
            if (!options.hasBus()) {
                container.leavesDevices();
            }
            deploy(container, options.cpu());
            if (options.console()) {
                container.startConsole();
            }
            return call(container, "run", options);
        });
    }

    /**
     * Starts the enlightenments for a set of flags: all of them unless the guest gets nothing but what it was promised.
     */
    static void deploy(Container container, String flags) throws UsageException, BundleException {
        EnlightenmentGraph graph = container.graph();
        container.startRunner();
        Map.Entry<Set<String>, Boolean> needed = needed(container, flags);
        requireDeployed(graph, needed.getKey());
        if (needed.getValue()) {
            container.start(needed.getKey());
        } else {
            container.startAll();
        }
    }

    /** Asks the bundle that runs guests, which reads flags as the partition service does. */
    @SuppressWarnings("unchecked")
    private static Map.Entry<Set<String>, Boolean> needed(Container container, String flags) throws BundleException {
        return ((BiFunction<String, Set<String>, Map.Entry<Set<String>, Boolean>>) service(container, "needed"))
                .apply(flags, container.graph().ids());
    }

    /** A bundle whose requirements are not deployed does not resolve: says so by flag, all at once. */
    private static void requireDeployed(EnlightenmentGraph graph, Set<String> ids) throws UsageException {
        Set<String> lines = new TreeSet<>();
        for (String id : ids) {
            for (String missing : graph.missing(id)) {
                lines.add(
                        "hv-%1$s requires hv-%2$s, which no deployed bundle offers; deploy the bundle that provides hv.enlightenment=%2$s"
                                .formatted(id, missing));
            }
        }
        if (!lines.isEmpty()) {
            throw new UsageException(String.join("\n", lines));
        }
    }

    private static int shell(Distribution distribution, String[] args)
            throws UsageException, BundleException, IOException, InterruptedException {
        boolean isScript = args.length == 2 && args[0].equals("-c");
        if (args.length != 0 && !isScript) {
            throw new UsageException(
                    "shell takes nothing or -c 'COMMANDS', not '" + Shown.word(String.join(" ", args)) + "'");
        }
        return Session.of(distribution, true, container -> {
            container.startAll();
            if (isScript) {
                container.startCommands();
                return call(container, "script", new String[] {args[1]});
            }
            container.startConsole();
            container.awaitStop();
            return 0;
        });
    }

    private static int console(Distribution distribution, String verb, String[] args)
            throws UsageException, BundleException, IOException, InterruptedException {
        return Session.of(distribution, true, container -> {
            container.startAll();
            container.startCommands();
            return call(
                    container,
                    "command",
                    Stream.concat(Stream.of(verb), Stream.of(args)).toArray(String[]::new));
        });
    }

    @SuppressWarnings("unchecked")
    private static <T> int call(Container container, String verb, T asked) throws BundleException {
        return ((ToIntFunction<T>) service(container, verb)).applyAsInt(asked);
    }

    private static Object service(Container container, String verb) throws BundleException {
        return container
                .verb(verb)
                .orElseThrow(() -> new BundleException(
                        "no deployed bundle does '" + verb + "': see the log for one that did not start"));
    }
}
