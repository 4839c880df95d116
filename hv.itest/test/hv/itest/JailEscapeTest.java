package hv.itest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Collectors;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A bundle that was dropped in, and a command of the console, try to leave the jail ({@link Escape}). */
class JailEscapeTest {
    /** What is possible outside; that is what makes a refusal say something. */
    private static final Set<String> POSSIBLE_OUTSIDE = Set.of(
            "read a file of the user",
            "write beside it",
            "write into the distribution",
            "start a shell",
            "see other processes",
            "connect to the host");

    private static final int SYSTEM_ATTEMPTS = 5;
    private static final int CALL_ATTEMPTS = 19;

    @TempDir
    Path temporary;

    private ServerSocket door;
    private Path folder;
    private Path distribution;

    @BeforeEach
    void prepare() throws Exception {
        Jailed.assumePossible();
        door = new ServerSocket(0, 8, InetAddress.getLoopbackAddress());
        folder = Files.createDirectory(temporary.resolve("user"));
        Files.writeString(folder.resolve("secret"), "secret");
        distribution = Shipped.assembleAt(temporary.resolve("hv")).root();
    }

    @AfterEach
    void close() throws IOException {
        if (door != null) {
            door.close();
        }
    }

    @Test
    @DisplayName(
            "Outside of the jail the bundle reads and writes the user's files, starts a shell, sees processes and connects")
    void outside() throws Exception {
        drop(false);
        Jailed.Result result = Jailed.run(Jailed.program(distribution, "--backend", "hosted", "--cpu", "hv-relaxed"));
        assertEquals(0, result.status(), result::toString);
        Set<String> done = lines(result.out(), "bundle").stream()
                .filter(line -> line.contains(": DONE "))
                .map(line -> line.substring(0, line.indexOf(": DONE ")))
                .collect(Collectors.toSet());
        assertEquals(POSSIBLE_OUTSIDE, done);
        assertTrue(Files.exists(folder.resolve("written")));
    }

    @Test
    @DisplayName(
            "In the jail a bundle can do none of it, nor what root could, nor the system calls a JVM never needs; the guest runs to its good end")
    void bundle() throws Exception {
        drop(true);
        Jailed.Result result = Jailed.run(Jailed.program(distribution, "--jail"));
        assertEquals(0, result.status(), result::toString);
        assertRefused(lines(result.out(), "bundle"));
        assertTrue(result.out().getLast().contains(" 0 failed"), result::toString);
    }

    @Test
    @DisplayName("Nor can a command of the console, also with a folder to save in")
    void command() throws Exception {
        drop(true);
        Path snapshots = Files.createDirectory(temporary.resolve("snapshots"));
        Process process = Jailed.program(
                        distribution,
                        "--jail",
                        "--console",
                        "--jail-save",
                        snapshots.toString(),
                        "--backend",
                        "hosted",
                        "--append",
                        "clock=3600s")
                .redirectErrorStream(true)
                .redirectInput(ProcessBuilder.Redirect.PIPE)
                .start();
        List<String> said = new ArrayList<>();
        try (BufferedReader out = process.inputReader();
                OutputStream in = process.getOutputStream()) {
            write(in, "escape:leave");
            readUntil(out, said, "escape: command: end");
            assertRefused(lines(said, "command"));
            if (said.stream().noneMatch(line -> line.contains("hv-guest: "))) {
                readUntil(out, said, "hv-guest: ");
            }
            write(in, "hv:save saved");
            readUntil(out, said, "saved");
        } finally {
            process.destroyForcibly();
        }
        assertTrue(Files.exists(snapshots.resolve("saved")), said::toString);
    }

    private static void write(OutputStream in, String command) throws IOException {
        in.write((command + "\n").getBytes(StandardCharsets.US_ASCII));
        in.flush();
    }

    private static void readUntil(BufferedReader out, List<String> said, String mark) throws IOException {
        String line;
        do {
            line = out.readLine();
            said.add(line);
        } while (line != null && !line.contains(mark));
        assertNotNull(line, said::toString);
    }

    private void assertRefused(List<String> attempts) {
        assertEquals(POSSIBLE_OUTSIDE.size() + SYSTEM_ATTEMPTS + CALL_ATTEMPTS, attempts.size(), attempts::toString);
        assertEquals(
                List.of(),
                attempts.stream().filter(line -> !line.endsWith(": refused")).toList());
        assertFalse(Files.exists(folder.resolve("written")));
        assertFalse(Files.exists(distribution.resolve("written")));
        assertFalse(Files.exists(Path.of("/usr/lib/hv-was-here")));
    }

    /** What {@code who} says about its attempts. */
    private static List<String> lines(List<String> out, String who) {
        String mark = "escape: " + who + ": ";
        return out.stream()
                .filter(line -> line.contains(mark) && !line.endsWith(mark + "end"))
                .map(line -> line.substring(line.indexOf(mark) + mark.length()))
                .toList();
    }

    private void drop(boolean isJailed) throws IOException {
        Manifest manifest = new Manifest();
        Attributes main = manifest.getMainAttributes();
        main.put(Attributes.Name.MANIFEST_VERSION, "1.0");
        main.putValue("Bundle-ManifestVersion", "2");
        main.putValue("Bundle-SymbolicName", "escape");
        main.putValue("Bundle-Activator", Escape.class.getName());
        main.putValue("Import-Package", "org.osgi.framework");
        main.putValue("Escape-Folder", folder.toString());
        main.putValue("Escape-Port", String.valueOf(door.getLocalPort()));
        if (isJailed) {
            main.putValue("Escape-Jailed", "true");
        }
        String classes = Escape.class.getPackageName().replace('.', '/') + "/";
        try (JarOutputStream jar =
                new JarOutputStream(Files.newOutputStream(distribution.resolve("bundles/escape.jar")), manifest)) {
            for (String name : List.of("Escape", "Escape$Command", "Escape$Refused")) {
                jar.putNextEntry(new ZipEntry(classes + name + ".class"));
                try (InputStream in = Escape.class.getResourceAsStream(name + ".class")) {
                    in.transferTo(jar);
                }
                jar.closeEntry();
            }
        }
    }
}
