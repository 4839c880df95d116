package hv.lab.junit;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/**
 * Runs inside: the tests in the folders that are its arguments, a line for each that begins and for each that ends, and
 * their counts. On a real KVM tests can see what they cannot see on a software one.
 */
public final class InsideTests {
    /** A test that hangs is ended before the scenario is. */
    private static final String TIMEOUT = "240 s";

    private InsideTests() {}

    /** Exit status 0 if no test failed and there was one. */
    public static void main(String[] folders) {
        Set<Path> roots = Arrays.stream(folders).map(Path::of).collect(Collectors.toSet());
        LauncherDiscoveryRequest request = LauncherDiscoveryRequestBuilder.request()
                .selectors(DiscoverySelectors.selectClasspathRoots(roots))
                .configurationParameter("junit.jupiter.execution.timeout.default", TIMEOUT)
                .build();
        Counter counter = new Counter();
        LauncherFactory.create().execute(request, counter);
        System.out.printf(
                "lab: tests %d passed, %d failed, %d skipped%n", counter.passed, counter.failed, counter.skipped);
        System.exit(counter.failed == 0 && counter.passed > 0 ? 0 : 1);
    }

    /** Called on the thread that runs the tests. */
    private static final class Counter implements TestExecutionListener {
        private int passed;
        private int failed;
        private int skipped;

        @Override
        public void executionSkipped(TestIdentifier test, String reason) {
            skipped++;
            System.out.printf("lab: test skipped %s: %s%n", name(test), oneLine(reason));
        }

        @Override
        public void executionFinished(TestIdentifier test, TestExecutionResult result) {
            String why = result.getThrowable().map(Throwable::toString).orElse("no reason");
            switch (result.getStatus()) {
                case SUCCESSFUL -> {
                    if (test.isTest()) {
                        passed++;
                        System.out.printf("lab: test passed %s%n", name(test));
                    }
                }
                case ABORTED -> {
                    skipped++;
                    System.out.printf("lab: test skipped %s: %s%n", name(test), oneLine(why));
                }
                // A container fails when what its tests share cannot be set up.
                default -> {
                    failed++;
                    System.out.printf("lab: test failed %s: %s%n", name(test), oneLine(why));
                    result.getThrowable().ifPresent(failure -> failure.printStackTrace(System.out));
                }
            }
        }

        /** Class and method, which a unique id has in square brackets. */
        private static String name(TestIdentifier test) {
            String id = test.getUniqueIdObject().toString();
            return id.substring(id.indexOf("[class:") + 1).replace("]/[", " ").replace("]", "");
        }

        private static String oneLine(String text) {
            return text.lines().findFirst().orElse("");
        }
    }
}
