package hv.itest;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** {@code examples/vmm}, built as README says. */
final class VmmExample {
    static final Path FOLDER = Shipped.WORKSPACE.resolve("examples/vmm");

    private VmmExample() {}

    static Path bundles() {
        return Shipped.distribution().root().resolve("bundles");
    }

    /** Builds its jar. */
    static Path build(Path folder) throws Exception {
        Path jar = folder.resolve("vmm.jar");
        assertEquals(
                List.of(),
                run(List.of(
                        "sh", FOLDER.resolve("build.sh").toString(), bundles().toString(), jar.toString())));
        return jar;
    }

    /** The jars that its guest needs. */
    static String modules() {
        return Stream.of("api", "flags", "partition", "vpindex", "time", "synic", "stimer")
                .map(name -> bundles().resolve("hv." + name + ".jar").toString())
                .reduce((one, other) -> one + ":" + other)
                .orElseThrow();
    }

    /** What a program of this Java says, until it ends. */
    static List<String> run(List<String> command) throws Exception {
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        Process process = builder.start();
        List<String> said = process.inputReader().lines().toList();
        if (!process.waitFor(60, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new AssertionError("it does not end: " + command);
        }
        List<String> all = new ArrayList<>(said);
        if (process.exitValue() != 0) {
            all.add("exit status " + process.exitValue());
        }
        return all;
    }

    static String java() {
        return ProcessHandle.current().info().command().orElseThrow();
    }

    /** All sources of it and of its test, for a compiler. */
    static List<String> sources() throws IOException {
        try (Stream<Path> files = Files.walk(FOLDER)) {
            return files.map(Path::toString)
                    .filter(file -> file.endsWith(".java") && !file.endsWith("module-info.java"))
                    .sorted()
                    .toList();
        }
    }
}
