package hv.itest;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** The jail's script of a distribution, started as {@code ./hv run} starts it. */
final class Jailed {
    private static final long TIMEOUT_SECONDS = 100;

    private Jailed() {}

    /** What came of a run. */
    record Result(int status, List<String> out, List<String> err) {}

    /** Skips the test where bubblewrap is missing or has no namespaces. */
    static void assumePossible() throws Exception {
        List<String> probe = List.of(
                "bwrap",
                "--unshare-user",
                "--unshare-pid",
                "--unshare-net",
                "--ro-bind",
                "/",
                "/",
                "--proc",
                "/proc",
                "--dev",
                "/dev",
                "true");
        boolean isPossible;
        try {
            isPossible = new ProcessBuilder(probe)
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException e) {
            isPossible = false;
        }
        assumeTrue(isPossible, "bubblewrap is not installed, or has no namespaces here");
    }

    /** A program that runs it; its standard input is empty. */
    static ProcessBuilder program(Path distribution, String... arguments) {
        List<String> command = new ArrayList<>(
                List.of("/bin/sh", distribution.resolve("jail/jail.sh").toString()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()));
        builder.environment()
                .put(
                        "HV_LAUNCH",
                        String.join(
                                "\n",
                                ProcessHandle.current().info().command().orElseThrow(),
                                "--enable-native-access=ALL-UNNAMED",
                                "--sun-misc-unsafe-memory-access=allow",
                                "-XX:+UseSerialGC",
                                "-XX:TieredStopAtLevel=1",
                                "-Xmx64m",
                                "-jar",
                                distribution.resolve("hv.jar").toString()));
        return builder;
    }

    static Result run(ProcessBuilder builder) throws Exception {
        Process process = builder.start();
        try {
            String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            String err = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
            assertTrue(process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS));
            return new Result(
                    process.exitValue(), out.lines().toList(), err.lines().toList());
        } finally {
            process.destroyForcibly();
        }
    }

    /** A script of this text. */
    static void executable(Path file, String text) throws IOException {
        Files.writeString(file, "#!/bin/sh\n" + text + "\n");
        assertTrue(file.toFile().setExecutable(true));
    }

    /** The same environment without bubblewrap: a folder with the programs that the script uses. */
    static void withPrograms(ProcessBuilder builder, Path folder) throws IOException {
        for (String name :
                List.of("basename", "cat", "dirname", "env", "grep", "head", "od", "readlink", "sed", "tail")) {
            Path program = Stream.of("/usr/bin", "/bin")
                    .map(bin -> Path.of(bin, name))
                    .filter(Files::isExecutable)
                    .findFirst()
                    .orElseThrow();
            executable(folder.resolve(name), "exec " + program + " \"$@\"");
        }
        builder.environment().put("PATH", folder.toString());
    }
}
