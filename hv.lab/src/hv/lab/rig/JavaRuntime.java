package hv.lab.rig;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The small Java run-time that runs inside, made of the JDK that runs the lab. Made once for a JDK. */
final class JavaRuntime {
    /** What hv needs; java.desktop because the console's libraries want java.beans. */
    private static final String MODULES =
            "java.base,java.logging,java.xml,jdk.unsupported,java.desktop,java.management";

    private JavaRuntime() {}

    /** In {@code target}. */
    static void make(Path jdk, Path target) throws IOException, UnusableException, InterruptedException {
        Path jlink = jdk.resolve("bin/jlink");
        if (!Files.isExecutable(jlink)) {
            throw new UnusableException("needs jlink, which %s lacks; install a whole JDK".formatted(jdk));
        }
        Packages.delete(target);
        Files.createDirectories(target.getParent());
        try {
            new HostCommand(jlink)
                    .run(
                            target.getParent(),
                            List.of(
                                    "--add-modules",
                                    MODULES,
                                    "--strip-debug",
                                    "--no-header-files",
                                    "--no-man-pages",
                                    "--generate-cds-archive",
                                    "--output",
                                    target.toString()));
        } catch (UnusableException e) {
            throw new UnusableException(
                    "cannot make a run-time of %s (%s); install its package with the files *.jmod"
                            .formatted(jdk, e.getMessage()),
                    e);
        }
    }

    /** The programs and libraries in it whose libraries are needed inside. */
    static List<Path> natives(Path runtime) throws IOException {
        try (Stream<Path> files = Files.walk(runtime)) {
            List<String> names = List.of(
                    "java",
                    "libjvm.so",
                    "libjava.so",
                    "libjli.so",
                    "libnio.so",
                    "libnet.so",
                    "libzip.so",
                    "libjimage.so");
            return files.filter(file -> names.contains(file.getFileName().toString()) && Files.isRegularFile(file))
                    .sorted()
                    .toList();
        }
    }
}
