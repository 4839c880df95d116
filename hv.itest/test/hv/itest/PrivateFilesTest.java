package hv.itest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import hv.itest.MadeFiles.Made;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(600)
@DisplayName("What a run makes for itself is nobody else's at any moment")
class PrivateFilesTest {
    private static final int OTHERS = 0077;

    @TempDir
    private Path folder;

    /** A folder where all users keep temporary files, as /tmp is. */
    private Path shared;

    @BeforeEach
    void share() throws IOException {
        shared = Files.createTempDirectory(Path.of("/tmp"), "hv.itest-");
        Files.setAttribute(shared, "unix:mode", 01777);
    }

    @AfterEach
    void remove() throws IOException {
        try (Stream<Path> all = Files.walk(shared)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }

    private static boolean works(String... command) throws Exception {
        try {
            return Ended.of(new ProcessBuilder(command)).status() == 0;
        } catch (IOException e) {
            return false;
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"list", "run --backend hosted --cpu hv-relaxed,hv-enforce-cpuid", "shell"})
    @DisplayName(
            "With a mask of 000: all that the script's run makes is private from its first instant; nothing is renamed, "
                    + "linked, opened up or made twice, and all of it is gone at the end")
    void watched(String verb) throws Exception {
        assumeTrue(works("strace", "-f", "-e", "trace=none", "true"), "needs strace, and to be allowed to trace");
        Workspace workspace = Workspace.at(folder.resolve("workspace"));
        Files.writeString(workspace.distribution().resolve("hv.aot.for"), workspace.distribution() + "\n");
        Path trace = folder.resolve("trace");
        ProcessBuilder run = workspace.below(MadeFiles.strace(trace), verb.split(" "));
        run.environment().put("HV_JAVA_OPTIONS", "-Djava.io.tmpdir=" + shared + " -Duser.home=" + folder);
        run.environment().put("TERM", "xterm");
        if (verb.equals("shell")) {
            assumeTrue(works("script", "--version"), "needs script, of util-linux");
            run.command("script", "-qec", quoted(run.command()), "/dev/null");
        }
        run.command(masked(run.command()));
        Process process = verb.equals("shell") ? typing(run) : Ended.start(run);
        Ended ended = Ended.of(process);
        assertEquals(0, ended.status(), ended::toString);
        check(MadeFiles.read(trace), Set.of(folder.resolve(".gogo.history").toString()));
    }

    private static Process typing(ProcessBuilder run) throws IOException {
        Process process = run.start();
        process.getOutputStream().write("hv:list\nexit\n".getBytes(StandardCharsets.US_ASCII));
        process.getOutputStream().flush();
        return process;
    }

    private static String quoted(List<String> words) {
        return String.join(" ", words.stream().map(word -> "'" + word + "'").toList());
    }

    private static List<String> masked(List<String> command) {
        List<String> masked = new ArrayList<>(List.of("sh", "-c", "umask 000; exec \"$0\" \"$@\""));
        masked.addAll(command);
        return masked;
    }

    @Test
    @DisplayName(
            "With a mask of 000 and without the script: one folder in the shared one, private from its first instant, holds all else")
    void watchedWithoutScript() throws Exception {
        assumeTrue(works("strace", "-f", "-e", "trace=none", "true"), "needs strace, and to be allowed to trace");
        Path trace = folder.resolve("trace");
        List<String> command = new ArrayList<>(MadeFiles.strace(trace));
        command.addAll(java("list"));
        Ended ended = Ended.of(new ProcessBuilder(masked(command)));
        assertEquals(0, ended.status(), ended::toString);
        MadeFiles files = MadeFiles.read(trace);
        String private0 = files.made().getFirst().path();
        assertEquals(shared, Path.of(private0).getParent());
        assertEquals(0700, files.made().getFirst().mode());
        for (Made made : files.made().subList(1, files.made().size())) {
            assertTrue(made.path().startsWith(private0 + "/"), made::toString);
        }
        checkNames(files, Set.of());
    }

    private void check(MadeFiles files, Set<String> stays) {
        assertFalse(files.made().isEmpty());
        for (Made made : files.made()) {
            assertEquals(0, made.mode() & OTHERS, () -> "%s is made with mode %o".formatted(made.path(), made.mode()));
            assertTrue(
                    made.path().startsWith(shared + "/hv-") || stays.contains(made.path()),
                    () -> made.path() + " is made");
        }
        checkNames(files, stays);
    }

    private void checkNames(MadeFiles files, Set<String> stays) {
        assertEquals(
                List.of(),
                files.others().stream().filter(call -> !isPrivate(call)).toList());
        Set<String> folders = new HashSet<>();
        for (Made made : files.made()) {
            if (Path.of(made.path()).getParent().equals(shared)) {
                assertTrue(folders.add(made.path()), () -> made.path() + " is made twice");
            }
        }
        assertEquals(
                folders,
                Set.copyOf(files.removed().stream()
                        .filter(path -> Path.of(path).getParent().equals(shared))
                        .toList()));
        assertEquals(0, shared.toFile().list().length);
    }

    /**
     * Whether a call only gives its owner more rights on something in a private folder: on a library that shall be
     * loaded.
     */
    private boolean isPrivate(String call) {
        return call.matches("chmod\\(\"" + shared + "/hv-[^/]+/.*, 0100[0-7]00\\) = 0");
    }

    private List<String> java(String... arguments) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                // The JVM's own file for monitors is not ours.
                "-XX:-UsePerfData",
                "-Djava.io.tmpdir=" + shared,
                "--sun-misc-unsafe-memory-access=allow",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-jar",
                Shipped.distribution().root().resolve("hv.jar").toString()));
        command.addAll(List.of(arguments));
        return command;
    }

    @Test
    @DisplayName(
            "Another user who hears of each new folder at once cannot look into it, rename it, remove it, replace it or put anything into it")
    void raced() throws Exception {
        List<String> nobody = List.of("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups");
        List<String> probe = new ArrayList<>(nobody);
        probe.add("true");
        assumeTrue(works(probe.toArray(String[]::new)), "needs setpriv, of util-linux, and to be root");
        Path java = Path.of(System.getProperty("java.home"), "bin", "java");
        // A program of one file lies in no package.
        String source =
                Files.readString(Path.of("test/hv/itest/OtherUser.java")).replaceFirst("package .*;", "");
        Path program = Files.writeString(shared.resolve("OtherUser.java"), source);
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rw-r--r--"));
        List<String> command = new ArrayList<>(nobody);
        command.addAll(List.of(
                java.toString(), "-XX:-UsePerfData", "-XX:TieredStopAtLevel=1", program.toString(), shared.toString()));
        Process other = new ProcessBuilder(command).redirectErrorStream(true).start();
        try (var said = other.inputReader()) {
            String first = said.readLine();
            assumeTrue("watches".equals(first), "the other user cannot run Java here: " + first);
            for (int run = 1; run <= 3; run++) {
                ProcessBuilder builder = new ProcessBuilder(masked(java("list")));
                Ended ended = Ended.of(builder);
                assertEquals(0, ended.status(), ended::toString);
                assertEquals(List.of(), ended.err());
                // It tells of each folder when it has tried everything on it. A name that is free after a run it may
                // have.
                String tried = said.readLine();
                assertTrue(tried.startsWith("got [], left "), tried);
                Path left = Path.of(tried.substring("got [], left ".length()));
                assertTrue(Files.isDirectory(left), () -> left + " was taken for the run's own");
                assertEquals(0, left.toFile().list().length);
            }
        } finally {
            other.destroyForcibly();
            other.waitFor();
        }
    }
}
