package hv.bench.start;

import java.io.IOException;
import java.util.List;

/** A process from its start to its end. */
final class WholeRun {
    private WholeRun() {}

    /**
     * Runs it and drops what it prints.
     *
     * @return milliseconds
     */
    static double millis(List<String> command) throws IOException, InterruptedException {
        long start = System.nanoTime();
        Process process = new ProcessBuilder(command)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        process.waitFor();
        return (System.nanoTime() - start) / 1e6;
    }
}
