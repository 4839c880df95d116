package hv.launcher;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("The private folder of a process")
class PrivateFolderTest {
    private static final String KILLED = "hv-0123456789abcdef-1";

    @TempDir
    private Path root;

    private static String mode(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path, LinkOption.NOFOLLOW_LINKS));
    }

    private List<String> names() throws IOException {
        try (Stream<Path> all = Files.list(root)) {
            return all.map(path -> path.getFileName().toString()).sorted().toList();
        }
    }

    /** What a killed process leaves. */
    private Path stale(String name, String mode) throws IOException {
        Path folder = Files.createDirectory(root.resolve(name));
        Files.createDirectories(folder.resolve("felix/bundle1"));
        Files.writeString(folder.resolve("felix/bundle1/bundle.info"), "x");
        Files.createFile(folder.resolve(PrivateFolder.LOCK));
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString(mode));
        return folder;
    }

    private static Path withoutLock(Path folder) throws IOException {
        Files.delete(folder.resolve(PrivateFolder.LOCK));
        return folder;
    }

    @Test
    @DisplayName("is its owner's alone, holds a locked file, and is gone when it is closed, once or twice")
    void made() throws Exception {
        PrivateFolder folder = PrivateFolder.makeIn(root);
        assertEquals("rwx------", mode(folder.path()));
        assertEquals("rw-------", mode(folder.path().resolve(PrivateFolder.LOCK)));
        Files.createDirectories(folder.path().resolve("felix/bundle0"));
        folder.close();
        assertEquals(List.of(), names());
        folder.close();
    }

    @Test
    @DisplayName("is not made where every user may rename it: one line says what to do")
    void notSticky() throws Exception {
        Files.setAttribute(root, "unix:mode", 0777);
        IOException refused = assertThrows(IOException.class, () -> PrivateFolder.makeIn(root));
        assertTrue(refused.getMessage().endsWith("set its sticky bit: chmod +t " + root), refused.getMessage());
        assertEquals(List.of(), names());
        Files.setAttribute(root, "unix:mode", 01777);
        PrivateFolder.makeIn(root).close();
    }

    @Test
    @DisplayName("is removed without following links: what they point to stays")
    void links() throws Exception {
        Path precious = Files.createDirectory(root.resolve("precious"));
        Files.writeString(precious.resolve("file"), "x");
        PrivateFolder folder = PrivateFolder.makeIn(root);
        Files.createSymbolicLink(folder.path().resolve("felix"), precious);
        Files.createSymbolicLink(folder.path().resolve("file"), precious.resolve("file"));
        folder.close();
        assertEquals(List.of("precious"), names());
        assertTrue(Files.exists(precious.resolve("file")));
    }

    @Test
    @DisplayName("that a killed process has left is taken away by the next one")
    void swept() throws Exception {
        stale(KILLED, "rwx------");
        PrivateFolder next = PrivateFolder.makeIn(root);
        assertEquals(List.of(next.path().getFileName().toString()), names());
        next.close();
    }

    @Test
    @DisplayName("that is in use stays: one of this process, and one whose lock another process holds")
    void inUse() throws Exception {
        PrivateFolder one = PrivateFolder.makeIn(root);
        Path other = stale(KILLED, "rwx------");
        String program = """
                import java.nio.channels.*; import java.nio.file.*;
                void main(String[] a) throws Exception {
                    var lock = FileChannel.open(Path.of(a[0]), StandardOpenOption.WRITE).lock();
                    System.out.println(lock.isValid());
                    System.in.read();
                }
                """;
        Path source = Files.writeString(root.resolve("Holder.java"), program);
        Process holder = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        source.toString(),
                        other.resolve(PrivateFolder.LOCK).toString())
                .redirectErrorStream(true)
                .start();
        try (var said = holder.inputReader()) {
            assertEquals("true", said.readLine());
            PrivateFolder two = PrivateFolder.makeIn(root);
            assertTrue(Files.exists(one.path()) && Files.exists(other) && Files.exists(two.path()));
            two.close();
            one.close();
        } finally {
            holder.destroyForcibly();
            holder.waitFor();
        }
        PrivateFolder.makeIn(root).close();
        assertFalse(Files.exists(other), "its process was killed");
    }

    @Test
    @DisplayName("is told from all else by name, kind and mode: what is not one of ours stays, links to one among it")
    void notOurs() throws Exception {
        stale("hv-backup", "rwx------");
        stale("hv-0123456789abcdef-2", "rwxr-xr-x");
        Path elsewhere = Files.createDirectory(root.resolve("elsewhere"));
        Files.writeString(elsewhere.resolve("file"), "x");
        Files.createSymbolicLink(root.resolve("hv-0123456789abcdef-3"), elsewhere);
        Files.createFile(root.resolve("hv-0123456789abcdef-4"));
        List<String> before = names();
        PrivateFolder.makeIn(root).close();
        assertEquals(before, names());
        assertTrue(Files.exists(elsewhere.resolve("file")));
    }

    @Test
    @DisplayName("of another user stays, whatever its name and mode")
    void anotherUsers() throws Exception {
        Path theirs = stale(KILLED, "rwx------");
        try {
            Files.setAttribute(theirs, "unix:uid", 65534);
        } catch (IOException e) {
            assumeTrue(false, "only root can give a folder away");
        }
        PrivateFolder.makeIn(root).close();
        assertEquals(List.of(KILLED), names());
    }

    @Test
    @DisplayName("without a lock is being made or removed, and stays, unless it is older than an hour")
    void halfMade() throws Exception {
        Path young = withoutLock(stale("hv-0123456789abcdef-5", "rwx------"));
        Path old = withoutLock(stale("hv-0123456789abcdef-6", "rwx------"));
        Files.setLastModifiedTime(old, FileTime.from(Instant.now().minus(Duration.ofHours(2))));
        PrivateFolder.makeIn(root).close();
        assertTrue(Files.exists(young));
        assertFalse(Files.exists(old));
    }
}
