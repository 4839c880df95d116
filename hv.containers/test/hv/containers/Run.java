package hv.containers;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** One container in a process of its own, with what it reports. */
final class Run {
    private static final long MOST_SECONDS = 180 + Long.getLong("hv.containers.rounds", 0);

    private static final int MOST_ATTEMPTS = 10;
    private static final int ANSWER_SECONDS = 20;

    private static final int ROUNDS = Integer.getInteger("hv.containers.rounds", 40);
    private static final int ORDERS = Integer.getInteger("hv.containers.orders", 4);
    private static final long SEED = Long.getLong("hv.containers.seed", System.nanoTime() & 0xFFFF_FFFFL);

    private final Delivered delivered;
    private final Path newer;
    private final Path scratch;
    private final Map<String, String> cells = new LinkedHashMap<>();
    private String said = "";

    Run(Delivered delivered, Path newer, Path scratch) {
        this.delivered = delivered;
        this.newer = newer;
        this.scratch = scratch;
    }

    private Path report() {
        return scratch.resolve("report");
    }

    /** What the bundle inside is told, as options of the JVM. */
    List<String> settings() {
        return List.of(
                "-Dhv.report=" + report(),
                "-Dhv.maven=" + delivered.maven(),
                "-Dhv.newer=" + newer,
                "-Dhv.rounds=" + ROUNDS,
                "-Dhv.orders=" + ORDERS,
                "-Dhv.seed=" + SEED,
                "-Dds.loglevel=error",
                "-XX:+UseSerialGC");
    }

    /** What is typed on standard input, again until {@code answer} is printed; and what is typed then. */
    record Typed(String again, String answer, String then) {
        static final Typed NOTHING = new Typed("", "", "");
    }

    /** Runs it to its end; its standard input stays open. */
    void run(List<String> command, Map<String, String> environment, Typed typed)
            throws IOException, InterruptedException {
        Path output = scratch.resolve("output");
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
        builder.environment().putAll(environment);
        builder.directory(scratch.toFile());
        Process process = builder.start();
        try (OutputStream input = process.getOutputStream()) {
            for (int attempt = 0; attempt < MOST_ATTEMPTS && !printed(output).contains(typed.answer()); attempt++) {
                write(input, typed.again());
                for (int second = 0; second < ANSWER_SECONDS && !printed(output).contains(typed.answer()); second++) {
                    process.waitFor(1, TimeUnit.SECONDS);
                }
            }
            write(input, typed.then());
            if (!process.waitFor(MOST_SECONDS, TimeUnit.SECONDS)) {
                cells.put("end", "FAILED after " + MOST_SECONDS + " s");
            }
        } catch (IOException e) {
            // It has ended meanwhile.
        } finally {
            List<ProcessHandle> all = new ArrayList<>(process.descendants().toList());
            all.add(process.toHandle());
            all.forEach(ProcessHandle::destroyForcibly);
            process.waitFor();
        }
        said = printed(output);
        if (Files.exists(report())) {
            for (String line : Files.readAllLines(report())) {
                int tab = line.indexOf('\t');
                if (tab > 0) {
                    cells.put(line.substring(0, tab), line.substring(tab + 1).replace('\t', ' '));
                }
            }
        }
    }

    /** So far; the last character may not be whole. */
    private static String printed(Path output) throws IOException {
        return new String(Files.readAllBytes(output), StandardCharsets.UTF_8);
    }

    private static void write(OutputStream input, String text) throws IOException {
        input.write(text.getBytes(StandardCharsets.UTF_8));
        input.flush();
    }

    /** What was printed. */
    String said() {
        return said;
    }

    /** Each thing that was tried, with "ok" and what came of it; or with what went wrong. */
    Map<String, String> cells() {
        return cells;
    }

    static long seed() {
        return SEED;
    }
}
