package hv.itest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What is made for an older Java uses nothing that came later. The build tells the compiler the language of that Java,
 * but cannot show it that Java's library; here it sees it.
 */
class JavaReleaseTest {
    @TempDir
    Path classes;

    /** Each folder that is not made for the Java that builds it, with its release. */
    static Stream<Release> older() throws IOException {
        List<Release> all;
        try (Stream<Path> folders = Files.list(Shipped.WORKSPACE)) {
            all = folders.filter(folder -> Files.isRegularFile(folder.resolve("bnd.bnd")))
                    .map(Release::of)
                    .filter(release -> release.number() < Runtime.version().feature())
                    .sorted((a, b) -> a.folder().compareTo(b.folder()))
                    .toList();
        }
        assertFalse(all.isEmpty(), "no folder is made for an older Java");
        return all.stream();
    }

    record Release(Path folder, int number) {
        static Release of(Path folder) {
            try {
                String text = Files.readString(folder.resolve("bnd.bnd"));
                boolean isOld = Stream.of("java17", "enlightenment", "device")
                        .anyMatch(shared -> text.contains("cnf/" + shared + ".bnd"));
                return new Release(
                        folder,
                        text.lines()
                                .filter(line -> line.startsWith("javac.target:"))
                                .map(line -> Integer.valueOf(
                                        line.substring(line.indexOf(':') + 1).strip()))
                                .findFirst()
                                .orElse(isOld ? 17 : Runtime.version().feature()));
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        }

        @Override
        public String toString() {
            return folder.getFileName() + " on Java " + number;
        }
    }

    @ParameterizedTest
    @MethodSource("older")
    @DisplayName("What a bundle and its tests use of the JDK is in the Java that the bundle is made for")
    void usesItsOwnJava(Release release) throws IOException {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        DiagnosticCollector<JavaFileObject> said = new DiagnosticCollector<>();
        try (StandardJavaFileManager files = compiler.getStandardFileManager(said, Locale.ROOT, null)) {
            List<String> options = List.of(
                    "--release",
                    Integer.toString(release.number()),
                    "-proc:none",
                    "-nowarn",
                    "-cp",
                    classPath(),
                    "-d",
                    classes.toString());
            compiler.getTask(
                            null,
                            files,
                            said,
                            options,
                            null,
                            files.getJavaFileObjectsFromPaths(sources(release.folder())))
                    .call();
        }
        assertEquals(
                "",
                said.getDiagnostics().stream()
                        .filter(line -> line.getKind() == Diagnostic.Kind.ERROR)
                        .map(Object::toString)
                        .collect(Collectors.joining("\n")));
    }

    private static List<Path> sources(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(
                            file -> file.startsWith(folder.resolve("src")) || file.startsWith(folder.resolve("test")))
                    .filter(file -> file.toString().endsWith(".java"))
                    .toList();
        }
    }

    /** All that is built here, what the console stands on, and all that these tests have from elsewhere. */
    private static String classPath() throws IOException {
        List<Path> jars = new ArrayList<>();
        try (Stream<Path> folders = Files.list(Shipped.WORKSPACE)) {
            folders.map(folder -> folder.resolve("generated/" + folder.getFileName() + ".jar"))
                    .filter(Files::isRegularFile)
                    .forEach(jars::add);
        }
        try (Stream<Path> shell = Files.list(Shipped.distribution().root().resolve("console"))) {
            shell.forEach(jars::add);
        }
        String separator = System.getProperty("path.separator");
        String built = jars.stream().map(Path::toString).collect(Collectors.joining(separator));
        return built + separator + System.getProperty("java.class.path");
    }
}
