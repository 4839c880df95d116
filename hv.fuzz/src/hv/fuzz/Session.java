package hv.fuzz;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * One target under Jazzer, in a process of its own: Jazzer's engine is libFuzzer, which has one target for each process
 * and ends it at a finding. One thread.
 */
final class Session {
    private static final int SLOWEST_INPUT_SECONDS = 60;
    private static final int GRACE_SECONDS = 120;
    private static final List<String> JVM = List.of(
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-XX:+EnableDynamicAgentLoading",
            "-XX:+UseSerialGC",
            "-Xmx512m",
            "-Xlog:cds=off");

    private final String target;
    private final WorkFolder work;
    private final int seed;

    Session(String target, WorkFolder work, int seed) {
        this.target = target;
        this.work = work;
        this.seed = seed;
    }

    /** Runs it for {@code seconds} of fuzzing; starting comes on top. */
    Figures run(long seconds) throws IOException, InterruptedException {
        Path scratch = work.scratch(target);
        Process process = new ProcessBuilder(command(seconds, scratch))
                .redirectErrorStream(true)
                .start();
        process.getOutputStream().close();
        Thread killer = new Thread(process::destroyForcibly);
        Runtime.getRuntime().addShutdownHook(killer);
        try {
            Output output = new Output();
            Thread reader = Thread.ofPlatform().daemon().start(() -> read(process, output));
            boolean hasEnded = process.waitFor(seconds + GRACE_SECONDS, TimeUnit.SECONDS);
            process.destroyForcibly();
            reader.join();
            return hasEnded && process.exitValue() == 0 ? output.figures(0) : found(output, scratch);
        } finally {
            process.destroyForcibly();
            Runtime.getRuntime().removeShutdownHook(killer);
            work.remove(scratch);
        }
    }

    private List<String> command(long seconds, Path scratch) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(JVM);
        command.add("-Djava.io.tmpdir=" + scratch);
        command.add("-D" + Inputs.TARGET + "=" + target);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), "com.code_intelligence.jazzer.Jazzer"));
        command.add("--target_class=" + Inputs.class.getName());
        command.add("--instrumentation_includes=hv.**");
        command.add("--instrumentation_excludes=hv.fuzz.**");
        command.add("--reproducer_path=" + scratch);
        command.add("-artifact_prefix=" + scratch + "/");
        command.add("-max_total_time=" + seconds);
        command.add("-seed=" + seed);
        command.add("-timeout=" + SLOWEST_INPUT_SECONDS);
        command.add("-rss_limit_mb=0");
        command.add("-print_final_stats=1");
        command.add(work.corpus(target).toString());
        command.add(work.seeds(target).toString());
        return command;
    }

    private static void read(Process process, Output output) {
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                output.line(line);
            }
        } catch (IOException e) {
            output.line("its output cannot be read: " + e);
        }
    }

    private Figures found(Output output, Path scratch) throws IOException {
        List<String> story = output.story();
        System.out.println("finding: " + target + ": " + (story.isEmpty() ? "ended without a word" : story.getFirst()));
        Optional<Path> input = artifact(scratch);
        if (input.isPresent()) {
            Path kept = work.findings().resolve(target + "-" + scratch.relativize(input.get()));
            Files.copy(input.get(), kept, StandardCopyOption.REPLACE_EXISTING);
            System.out.printf("         ./hv fuzz %s --replay %s%n", target, kept);
        } else {
            story.forEach(line -> System.out.println("         " + line));
        }
        return output.figures(1);
    }

    private static Optional<Path> artifact(Path scratch) throws IOException {
        try (Stream<Path> files = Files.list(scratch)) {
            return files.filter(file -> scratch.relativize(file).toString().matches("(crash|timeout|oom|slow-unit)-.*"))
                    .findFirst();
        }
    }
}
