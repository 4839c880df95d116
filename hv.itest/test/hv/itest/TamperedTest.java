package hv.itest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * A file that was fetched and then changed is not used: the script is started in a workspace without projects and with
 * a home folder that has links to this machine's local repository, but for the one file that was changed. Nothing is
 * fetched.
 */
class TamperedTest {
    private static final long TIMEOUT_SECONDS = 100;
    private static final String MAVEN = "hv/apache-maven-3.9.16";

    private Path temporary;
    private Path m2;
    private Path workspace;

    private record Result(int status, List<String> err) {
        boolean says(String... words) {
            return err.stream().anyMatch(line -> Stream.of(words).allMatch(line::contains));
        }
    }

    @BeforeEach
    void copyScript() throws IOException {
        assumeTrue(
                Shipped.repository().equals(real().resolve("repository")) && Files.isDirectory(real().resolve(MAVEN)),
                "the local repository is not where the script looks for it");
        // JUnit's own would warn of each link.
        temporary = Files.createTempDirectory("hv-tampered");
        m2 = temporary.resolve("home/.m2");
        workspace = Files.createDirectory(temporary.resolve("work space"));
        for (String file : List.of(
                "hv",
                "bnd.bnd",
                "cnf/build.bnd",
                "cnf/dependencies.xml",
                "cnf/pom.xml",
                ".mvn/extensions.xml",
                ".mvn/maven.config",
                ".mvn/checksums/checksums.sha256",
                ".mvn/checksums/maven.sha256")) {
            Files.createDirectories(workspace.resolve(file).getParent());
            Files.copy(Shipped.WORKSPACE.resolve(file), workspace.resolve(file));
        }
    }

    @AfterEach
    void remove() throws IOException {
        if (temporary != null) {
            try (Stream<Path> all = Files.walk(temporary)) {
                for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(path);
                }
            }
        }
    }

    @Test
    @DisplayName("A third-party bundle that was changed after it was fetched ends the build before anything is built")
    void bundle() throws Exception {
        Path jar = changed(
                "repository/org/apache/felix/org.apache.felix.framework/7.0.5/org.apache.felix.framework-7.0.5.jar");
        fetchedBefore();
        Result result = build();
        assertEquals(2, result.status(), result::toString);
        assertTrue(
                result.err().getFirst().startsWith("hv: " + jar + " is not what the project was made with"),
                result::toString);
        assertFalse(Files.exists(workspace.resolve("cnf/cache/build.log")));
    }

    @Test
    @DisplayName("Maven does not load a build extension that was changed, and names it and both checksums")
    void extension() throws Exception {
        changed("repository/org/eclipse/tycho/tycho-build/5.0.2/tycho-build-5.0.2.jar");
        fetchedBefore();
        Result result = build();
        assertNotEquals(0, result.status(), result::toString);
        assertTrue(
                result.says("org.eclipse.tycho:tycho-build:jar:5.0.2", "trusted checksum mismatch"), result::toString);
        assertTrue(result.says("hv: something that Maven fetched is not listed in .mvn/checksums"), result::toString);
    }

    @Test
    @DisplayName("A Maven with one more file in it is not started")
    void maven() throws Exception {
        Files.writeString(folderFor(MAVEN + "/lib/ext/more.jar"), "more");
        Result result = build();
        assertEquals(2, result.status(), result::toString);
        assertTrue(
                result.err()
                        .getFirst()
                        .startsWith("hv: " + m2.resolve(MAVEN) + " is not what the project was made with"),
                result::toString);
        assertFalse(Files.exists(workspace.resolve("cnf/cache/dependencies.sum")));
    }

    private static Path real() {
        return Path.of(System.getProperty("user.home"), ".m2");
    }

    /** A file with one byte more, which a jar does not mind; everything else is a link. */
    private Path changed(String file) throws IOException {
        Path path = folderFor(file);
        Files.delete(path);
        Files.copy(real().resolve(file), path);
        return Files.write(path, new byte[1], StandardOpenOption.APPEND);
    }

    /** Folders of the test's own on the way to this file, links beside them. */
    private Path folderFor(String file) throws IOException {
        Path from = real();
        Path to = m2;
        for (Path name : Path.of(file)) {
            Files.createDirectories(to);
            try (Stream<Path> children = Files.list(from)) {
                for (Path child : children.toList()) {
                    if (!child.getFileName().equals(name) || !Files.isDirectory(child)) {
                        Files.createSymbolicLink(to.resolve(child.getFileName()), child);
                    }
                }
            }
            from = from.resolve(name);
            to = to.resolve(name);
            if (!Files.isDirectory(from)) {
                break;
            }
        }
        return m2.resolve(file);
    }

    /** The script's own mark that it has fetched the bundles: a changed one can then be found by the script alone. */
    private void fetchedBefore() throws Exception {
        Process cksum = new ProcessBuilder("cksum")
                .redirectInput(workspace.resolve("cnf/dependencies.xml").toFile())
                .start();
        String sum = new String(cksum.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).strip();
        Path mark = Files.createDirectory(workspace.resolve("cnf/cache")).resolve("dependencies.sum");
        Files.writeString(mark, sum + " " + m2.resolve("repository") + "\n");
    }

    private Result build() throws Exception {
        ProcessBuilder builder = new ProcessBuilder(workspace.resolve("hv").toString(), "list")
                .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                .redirectOutput(ProcessBuilder.Redirect.DISCARD);
        builder.environment().put("HOME", m2.getParent().toString());
        builder.environment()
                .put("MAVEN_OPTS", "-XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Duser.home=" + m2.getParent());
        Process process = builder.start();
        try {
            String err = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
            assertTrue(process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS));
            return new Result(process.exitValue(), err.lines().toList());
        } finally {
            process.destroyForcibly();
        }
    }
}
