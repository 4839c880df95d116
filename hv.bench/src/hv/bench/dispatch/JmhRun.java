package hv.bench.dispatch;

import java.nio.file.Path;
import java.util.Collection;
import java.util.Locale;
import java.util.Optional;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.results.format.ResultFormatType;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * Runs the JMH benchmarks of one class with the allocation profiler and prints one line each: ns and bytes per
 * operation.
 */
public final class JmhRun {
    private JmhRun() {}

    /**
     * Runs them.
     *
     * @param benchmarks the class
     * @param json where to write JMH's own result file, if anywhere
     */
    public static void of(Class<?> benchmarks, Optional<Path> json) throws RunnerException {
        ChainedOptionsBuilder options = new OptionsBuilder()
                .include(benchmarks.getName().replace(".", "\\.") + "\\..*")
                .addProfiler(GCProfiler.class)
                .verbosity(VerboseMode.SILENT)
                .jvmArgsAppend(
                        "--sun-misc-unsafe-memory-access=allow",
                        "--enable-native-access=ALL-UNNAMED",
                        "--add-opens=java.base/jdk.internal.misc=ALL-UNNAMED") // Agrona's
                .shouldFailOnError(true);
        json.ifPresent(file -> options.resultFormat(ResultFormatType.JSON).result(file.toString()));
        Collection<RunResult> results = new Runner(options.build()).run();
        System.out.printf(Locale.ROOT, "%-52s %12s %10s %12s%n", "operation", "ns/op", "+-", "bytes/op");
        for (RunResult result : results) {
            var time = result.getPrimaryResult();
            var allocation = result.getSecondaryResults().get("gc.alloc.rate.norm");
            String name = time.getLabel() + parameters(result);
            System.out.printf(
                    Locale.ROOT,
                    "%-52s %12.2f %10.2f %12.3f%n",
                    name,
                    time.getScore(),
                    Double.isNaN(time.getScoreError()) ? 0 : time.getScoreError(),
                    allocation == null ? Double.NaN : allocation.getScore());
        }
    }

    private static String parameters(RunResult result) {
        var parameters = result.getParams();
        StringBuilder text = new StringBuilder();
        for (String key : parameters.getParamsKeys()) {
            text.append(' ').append(key).append('=').append(parameters.getParam(key));
        }
        return text.toString();
    }
}
