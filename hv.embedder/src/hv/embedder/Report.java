package hv.embedder;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.Callable;

/** What came of it: a line for each thing tried, in a file that whoever started the container reads. One thread. */
final class Report {
    /** The last line. */
    static final String END = "end";

    private final Path file;

    Report(Path file) {
        this.file = file;
    }

    /** Does {@code work} and writes what it gives behind its name, or what it failed with. */
    void cell(String name, Callable<String> work) throws IOException {
        long start = System.nanoTime();
        String outcome;
        try {
            outcome = "ok\t" + work.call();
        } catch (Throwable e) {
            StringWriter trace = new StringWriter();
            e.printStackTrace(new PrintWriter(trace, true));
            outcome = "FAILED\t" + trace.toString().replaceAll("\\s+", " ");
        }
        line("%s\t%s\t%.1f s".formatted(name, outcome, (System.nanoTime() - start) / 1e9));
    }

    void line(String text) throws IOException {
        Files.write(
                file,
                (text + "\n").getBytes(StandardCharsets.UTF_8),
                StandardOpenOption.CREATE,
                StandardOpenOption.APPEND);
    }
}
