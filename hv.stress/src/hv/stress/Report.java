package hv.stress;

import java.io.PrintStream;
import java.util.Map;
import org.openjdk.jcstress.infra.Status;
import org.openjdk.jcstress.infra.collectors.TestResult;
import org.openjdk.jcstress.infra.collectors.TestResultCollector;
import org.openjdk.jcstress.infra.grading.GradingResult;
import org.openjdk.jcstress.infra.grading.TestGrading;

/** A line for each run of a test, more for one that failed, and a count at the end. Any thread. */
final class Report implements TestResultCollector {
    private final PrintStream out;
    private final Map<Object, String> modes;
    private int passed;
    private int failed;
    private long samples;

    /** On {@code out}; {@code modes} has names of modes by their JVM options. */
    Report(PrintStream out, Map<Object, String> modes) {
        this.out = out;
        this.modes = modes;
    }

    @Override
    public synchronized void add(TestResult result) {
        boolean isOk = result.status() == Status.NORMAL && result.grading().isPassed && result.getTotalCount() > 0;
        passed += isOk ? 1 : 0;
        failed += isOk ? 0 : 1;
        samples += result.getTotalCount();
        out.printf(
                "%-6s %-28s %-11s %,12d times%n",
                isOk ? "ok" : "FAILED",
                Race.nameOf(result.getName()),
                modes.getOrDefault(result.getConfig().jvmArgs, ""),
                result.getTotalCount());
        if (!isOk) {
            explain(result);
        }
    }

    private void explain(TestResult result) {
        if (result.status() == Status.NORMAL) {
            TestGrading grading = result.grading();
            for (GradingResult each : grading.gradingResults.values()) {
                out.printf("       %-8s %,12d times, %s: %s%n", each.id, each.count, each.expect, each.description);
            }
        } else {
            out.println("       " + result.status());
        }
        result.getMessages().forEach(line -> out.println("       " + line));
        result.getVmErr().forEach(line -> out.println("       " + line));
    }

    boolean hasFailed() {
        return failed > 0;
    }

    /** The last lines. */
    synchronized void end() {
        out.printf("%,d pairs of steps%n", samples);
        out.printf("%d passed, %d failed, 0 skipped%n", passed, failed);
    }
}
