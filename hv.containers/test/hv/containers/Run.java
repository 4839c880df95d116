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

    /** Runs it to its end; {@code typed} is given to its standard input, which stays open. */
    void run(List<String> command, Map<String, String> environment, String typed)
            throws IOException, InterruptedException {
        Path output = scratch.resolve("output");
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
        builder.environment().putAll(environment);
        builder.directory(scratch.toFile());
        Process process = builder.start();
        try (OutputStream input = process.getOutputStream()) {
            input.write(typed.getBytes(StandardCharsets.UTF_8));
            input.flush();
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
        said = Files.readString(output);
        if (Files.exists(report())) {
            for (String line : Files.readAllLines(report())) {
                int tab = line.indexOf('\t');
                if (tab > 0) {
                    cells.put(line.substring(0, tab), line.substring(tab + 1).replace('\t', ' '));
                }
            }
        }
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
