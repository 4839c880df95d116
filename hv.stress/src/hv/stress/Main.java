package hv.stress;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.openjdk.jcstress.Options;
import org.openjdk.jcstress.TestExecutor;
import org.openjdk.jcstress.infra.runners.TestConfig;
import org.openjdk.jcstress.os.AffinityMode;
import org.openjdk.jcstress.os.Scheduler;
import org.openjdk.jcstress.os.SchedulingClass;
import org.openjdk.jcstress.os.topology.Topology;
import org.openjdk.jcstress.vm.CompileMode;
import org.openjdk.jcstress.vm.VMSupport;

/**
 * {@code ./hv stress}: runs the steps of two threads against each other millions of times, and fails if they ever end
 * as they must not. jcstress carries them out, each test and mode in a JVM of its own, one after another.
 */
public final class Main {
    private static final int FAILED = 1;
    private static final int UNUSABLE = 2;

    /** Both threads of a test run at once. */
    private static final int PROCESSORS = 2;

    private static final int ROUNDS = 5;

    /** What a JVM needs to start, and what it takes to find out its options, in milliseconds; roughly. */
    private static final int START_MILLIS = 800;

    private static final int PROBE_MILLIS = 8_000;
    private static final int LEAST_MILLIS = 50;

    private Main() {}

    /** Exit status 0 if nothing forbidden was seen, 1 if something was, 2 with one line if it cannot be run. */
    public static void main(String[] args) throws Exception {
        System.exit(run(args));
    }

    private static int run(String... args) throws Exception {
        try {
            List<Race> tests = Race.all();
            StressOptions options =
                    StressOptions.parse(tests.stream().map(Race::name).toList(), args);
            List<Race> wanted =
                    tests.stream().filter(test -> options.wants(test.name())).toList();
            if (options.isList()) {
                wanted.forEach(test -> System.out.printf("%-28s %s%n", test.name(), test.description()));
                return 0;
            }
            if (Runtime.getRuntime().availableProcessors() < PROCESSORS) {
                throw new UnusableException("needs two processors, so that two threads can run at once");
            }
            return stress(options, wanted) ? 0 : FAILED;
        } catch (UnusableException e) {
            System.err.println("hv stress: " + e.getMessage());
            return UNUSABLE;
        } catch (IOException e) {
            System.err.println("hv stress: cannot read or write " + e.getMessage());
            return UNUSABLE;
        }
    }

    private static boolean stress(StressOptions asked, List<Race> tests) throws Exception {
        List<Mode> modes = asked.isShort() ? Mode.shortest() : Mode.all();
        PrintStream console = System.out;
        console.printf(
                "%s in %s, about %d s%n", count(tests.size(), "test"), count(modes.size(), "mode"), asked.seconds());
        Map<Object, String> names = new HashMap<>();
        modes.forEach(mode -> names.put(mode.jvmOptions(), mode.name()));
        Report report = new Report(console, names);
        // What jcstress tells about the JVM that it finds is of use when something is wrong with it.
        Path log = Path.of(System.getProperty("hv.log"));
        try (PrintStream quiet = new PrintStream(Files.newOutputStream(log), true, StandardCharsets.UTF_8)) {
            System.setOut(quiet);
            Options options = options(asked, tests.size() * modes.size());
            VMSupport.initFlags(options);
            Scheduler scheduler = new Scheduler(Topology.get(), PROCESSORS);
            new TestExecutor(options.verbosity(), report, scheduler).runAll(runs(options, scheduler, tests, modes));
        } finally {
            System.setOut(console);
        }
        report.end();
        return !report.hasFailed();
    }

    private static String count(int number, String what) {
        return number + " " + what + (number == 1 ? "" : "s");
    }

    private static Options options(StressOptions asked, int runs) throws IOException, UnusableException {
        int each = (1000 * asked.seconds() - PROBE_MILLIS) / runs - START_MILLIS;
        Options options = new Options(new String[] {
            "-iters",
            String.valueOf(ROUNDS),
            "-time",
            String.valueOf(Math.max(LEAST_MILLIS, each / ROUNDS)),
            "-c",
            String.valueOf(PROCESSORS),
            "-af",
            AffinityMode.NONE.name(),
            "-sc",
            "false",
            "-pth",
            "false"
        });
        if (!options.parse()) {
            throw new UnusableException("jcstress refuses its options; see above");
        }
        return options;
    }

    private static List<TestConfig> runs(Options options, Scheduler scheduler, List<Race> tests, List<Mode> modes) {
        List<TestConfig> runs = new ArrayList<>();
        for (Race test : tests) {
            SchedulingClass together = scheduler
                    .scheduleClasses(test.info().threads(), PROCESSORS, AffinityMode.NONE)
                    .getFirst();
            for (Mode mode : modes) {
                runs.add(new TestConfig(options, test.info(), 0, mode.jvmOptions(), CompileMode.UNIFIED, together));
            }
        }
        return runs;
    }
}
