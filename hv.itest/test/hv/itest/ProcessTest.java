package hv.itest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What only a process can show: exit status, standard streams, Ctrl-C, the script, a copied distribution. */
class ProcessTest {
    private static final int SIGINT_STATUS = 130;
    private static final long LOOK_NANOS = 1_000_000;

    @TempDir
    Path temporary;

    @Test
    @DisplayName("java -jar hv.jar of a distribution that was copied elsewhere does a command and leaves no files")
    void copiedDistribution() throws Exception {
        Path copy = Shipped.assembleAt(temporary.resolve("elsewhere")).root();
        Ended result = Ended.of(java(copy, "list"));
        assertEquals(0, result.status(), result::toString);
        assertEquals(List.of(), result.err());
        assertTrue(result.out().getFirst().startsWith("FLAG"), result::toString);
        assertEquals(List.of(), leftovers());
    }

    @Test
    @DisplayName("A command's bad input: one line on stderr, exit status 2; a script's status is its last command's")
    void exitStatus() throws Exception {
        Path root = Shipped.distribution().root();
        Ended refused = Ended.of(java(root, "why", "it's $nothing"));
        assertEquals(2, refused.status(), refused::toString);
        assertEquals(1, refused.err().size(), refused::toString);
        assertTrue(refused.err().getFirst().startsWith("hv: no installed bundle offers or requires 'it's $nothing'"));
        Ended script = Ended.of(java(root, "shell", "-c", "hv:crash; hv:check --cpu hv-nothing"));
        assertEquals(1, script.status(), script::toString);
        assertEquals("no running guest has reported a crash", script.out().getFirst());
    }

    @Test
    @DisplayName("Ctrl-C ends a running guest, removes the framework's files, and the status is 130")
    void interrupted() throws Exception {
        Path part = Files.write(
                Shipped.assembleAt(temporary.resolve("hv")).root().resolve("bundles/waits.jar"),
                BrokenPart.jar("aaa", "    say \"waits\"\n    halt 3600s\n    pass"));
        Process process =
                Ended.start(java(part.getParent().getParent(), "run", "--backend", "hosted", "--cpu", "hv-relaxed"));
        try (var out = process.inputReader()) {
            String line = out.readLine();
            while (line != null && !line.contains("waits")) {
                line = out.readLine();
            }
            new ProcessBuilder("kill", "-INT", String.valueOf(process.pid()))
                    .start()
                    .waitFor();
            assertTrue(process.waitFor(Ended.TIMEOUT_SECONDS, TimeUnit.SECONDS));
        } finally {
            process.destroyForcibly();
        }
        assertEquals(SIGINT_STATUS, process.exitValue());
        assertEquals(List.of(), leftovers());
    }

    @Test
    @DisplayName("The script from another folder: help, and one line that names the verbs for an unknown one")
    void script() throws Exception {
        String script = Shipped.WORKSPACE.resolve("hv").toString();
        Ended help = Ended.of(new ProcessBuilder(script, "help").directory(temporary.toFile()));
        assertEquals(0, help.status(), help::toString);
        Ended unknown = Ended.of(new ProcessBuilder(script, "fly").directory(temporary.toFile()));
        assertEquals(2, unknown.status(), unknown::toString);
        assertEquals(1, unknown.err().size(), unknown::toString);
        assertTrue(unknown.err().getFirst().startsWith("hv: unknown verb 'fly'; verbs: "), unknown::toString);
    }

    @ParameterizedTest
    @ValueSource(strings = {"hosted", "kvm"})
    @DisplayName(
            "A guest whose process is killed with signal 9 as soon as its file is there goes on in another process to its good end")
    void killedAfterSave(String backend) throws Exception {
        assumeTrue(
                backend.equals("hosted") || Files.isWritable(Path.of("/dev/kvm")),
                "there is no /dev/kvm that may be written");
        Path root = Shipped.distribution().root();
        Path file = temporary.resolve("guest");
        Process killed = Ended.start(java(
                root, "run", "--backend", backend, "--smp", "2", "--append", "clock=2s", "--save-at", "500ms=" + file));
        try {
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(Ended.TIMEOUT_SECONDS);
            while (!Files.exists(file)) {
                assertTrue(
                        System.nanoTime() < deadline && (killed.isAlive() || Files.exists(file)), "nothing was saved");
                LockSupport.parkNanos(LOOK_NANOS);
            }
        } finally {
            killed.destroyForcibly();
        }
        assertTrue(killed.waitFor(Ended.TIMEOUT_SECONDS, TimeUnit.SECONDS));
        Ended continued = Ended.of(java(root, "run", "--restore", file.toString()));
        assertEquals(0, continued.status(), continued::toString);
        assertTrue(continued.out().getLast().contains(" 0 failed"), continued::toString);
    }

    private ProcessBuilder java(Path root, String... args) {
        List<String> command = new ArrayList<>(List.of(
                ProcessHandle.current().info().command().orElseThrow(),
                "-Djava.io.tmpdir=" + temporary,
                "--sun-misc-unsafe-memory-access=allow",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Xmx64m",
                "-jar",
                root.resolve("hv.jar").toString()));
        command.addAll(List.of(args));
        return new ProcessBuilder(command);
    }

    /** What the framework would have left in the temporary folder. */
    private List<Path> leftovers() throws IOException {
        try (Stream<Path> files = Files.list(temporary)) {
            return files.filter(file -> file.getFileName().toString().startsWith("hv-"))
                    .toList();
        }
    }
}
