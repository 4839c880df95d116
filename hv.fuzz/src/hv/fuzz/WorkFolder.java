package hv.fuzz;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * Where inputs are: seeds in the workspace's {@code hv.fuzz/corpus}, and in {@code hv.fuzz/generated} what runs have
 * added to them and what they have found.
 */
final class WorkFolder {
    private final Path project;

    WorkFolder(Path workspace) {
        this.project = workspace.resolve("hv.fuzz");
    }

    /** The inputs that the repository has for a target. */
    Path seeds(String target) {
        return project.resolve("corpus").resolve(target);
    }

    /** The inputs of earlier runs that reached something new. */
    Path corpus(String target) throws IOException {
        return Files.createDirectories(project.resolve("generated/corpus").resolve(target));
    }

    /** The inputs that are findings. */
    Path findings() throws IOException {
        return Files.createDirectories(project.resolve("generated/findings"));
    }

    /** An empty folder for one run. */
    Path scratch(String target) throws IOException {
        Path parent = Files.createDirectories(project.resolve("generated/scratch"));
        return Files.createTempDirectory(parent, target + "-");
    }

    /** Removes a folder with all that is in it. */
    void remove(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    /** The files of a folder in a fixed order, or the file itself. */
    static List<Path> inputs(Path fileOrFolder) throws IOException {
        try (Stream<Path> files = Files.walk(fileOrFolder)) {
            return files.filter(Files::isRegularFile).sorted().toList();
        }
    }
}
