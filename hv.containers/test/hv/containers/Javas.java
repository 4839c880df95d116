package hv.containers;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/** The Javas of this machine. */
final class Javas {
    private static final Path INSTALLED = Path.of("/usr/lib/jvm");
    private static final String OLDEST = "\"17.";

    private Javas() {}

    static String current() {
        return System.getProperty("java.home");
    }

    /** The oldest that hv works on. */
    static Optional<Path> oldest() throws IOException {
        if (!Files.isDirectory(INSTALLED)) {
            return Optional.empty();
        }
        try (Stream<Path> all = Files.list(INSTALLED)) {
            return all.filter(each -> is17(each.resolve("release")) && Files.isExecutable(each.resolve("bin/java")))
                    .sorted()
                    .findFirst();
        }
    }

    private static boolean is17(Path release) {
        try {
            return Files.isRegularFile(release) && Files.readString(release).contains("JAVA_VERSION=" + OLDEST);
        } catch (IOException e) {
            return false;
        }
    }
}
