package hv.lab.rig;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * A program of this machine that the rig needs. Any thread.
 *
 * @param path the program
 */
public record HostCommand(Path path) {
    private static final int LIMIT_MINUTES = 10;

    /** Where tools for superusers are, which other users' search path lacks. */
    private static final List<String> MORE = List.of("/usr/sbin", "/sbin", "/usr/local/sbin");

    /** The program called {@code name}, if it is there. */
    public static Optional<HostCommand> find(String name) {
        List<String> folders = new ArrayList<>(List.of(Optional.ofNullable(System.getenv("PATH"))
                .orElse("/usr/bin:/bin")
                .split(File.pathSeparator)));
        folders.addAll(MORE);
        return folders.stream()
                .filter(folder -> !folder.isEmpty())
                .map(folder -> Path.of(folder, name))
                .filter(Files::isExecutable)
                .filter(Files::isRegularFile)
                .findFirst()
                .map(HostCommand::new);
    }

    /** The same; where it is missing one line says which package has it. */
    public static HostCommand require(String name, String debianPackage) throws UnusableException {
        return find(name)
                .orElseThrow(
                        () -> new UnusableException("needs %s, which is not on this machine; install the package %s"
                                .formatted(name, debianPackage)));
    }

    /** Runs it to its end in {@code folder}; gives what it printed on both streams. Any end but 0 is an error. */
    public String run(Path folder, List<String> arguments) throws UnusableException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(path.toString()));
        command.addAll(arguments);
        Path output = null;
        Process process = null;
        try {
            output = Files.createTempFile("hv-lab", ".out");
            process = new ProcessBuilder(command)
                    .directory(folder.toFile())
                    .redirectInput(new File("/dev/null"))
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .start();
            boolean isEnded = process.waitFor(LIMIT_MINUTES, TimeUnit.MINUTES);
            String said = new String(Files.readAllBytes(output), StandardCharsets.UTF_8);
            if (!isEnded || process.exitValue() != 0) {
                throw new UnusableException("'%s' %s: %s"
                        .formatted(
                                String.join(" ", command),
                                isEnded ? "failed" : "took more than " + LIMIT_MINUTES + " minutes",
                                lastLine(said)));
            }
            return said;
        } catch (IOException e) {
            throw new UnusableException("cannot run " + path + ": " + e.getMessage(), e);
        } finally {
            if (process != null) {
                process.destroyForcibly();
            }
            discard(output);
        }
    }

    private static void discard(Path file) {
        try {
            if (file != null) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            // A temporary file stays, no more.
        }
    }

    private static String lastLine(String text) {
        List<String> lines = text.lines().filter(line -> !line.isBlank()).toList();
        return lines.isEmpty() ? "it said nothing" : lines.getLast().strip();
    }
}
