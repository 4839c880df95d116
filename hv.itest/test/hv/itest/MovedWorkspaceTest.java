package hv.itest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(600)
@DisplayName("A built workspace works wherever it is, and runs what is in it and nothing else")
class MovedWorkspaceTest {
    private static final String OWN = "micro.original";

    @TempDir
    private static Path folder;

    private static Workspace original;

    /** Its first start leaves the classes for later starts, which remember this folder. */
    @BeforeAll
    static void build() throws Exception {
        original = Workspace.at(folder.resolve("the first place"));
        drop(original, "original");
        assertTrue(list(original).contains(OWN));
        Path cache = original.distribution().resolve("hv.aot");
        assertTrue(Files.exists(cache), "the fast start was prepared");
    }

    private static void drop(Workspace workspace, String id) throws IOException {
        Files.write(workspace.distribution().resolve("bundles/" + id + ".jar"), MicroBundle.jar(id, Set.of()));
    }

    private static String list(Workspace workspace) throws Exception {
        return printed(workspace.script("shell", "-c", "felix:lb -s"));
    }

    private static String printed(ProcessBuilder builder) throws Exception {
        Ended ended = Ended.of(builder);
        assertEquals(0, ended.status(), ended::toString);
        assertEquals(List.of(), ended.err());
        return String.join("\n", ended.out());
    }

    private static Workspace copy(Workspace of, String name) throws Exception {
        Path to = folder.resolve(name);
        Files.createDirectories(to.getParent());
        Ended copied = Ended.of(new ProcessBuilder("cp", "-a", of.root().toString(), to.toString()));
        assertEquals(0, copied.status(), copied::toString);
        return new Workspace(to);
    }

    @Test
    @DisplayName("Copied: a bundle that is dropped into the copy is there, one that the original gets later is not")
    void copied() throws Exception {
        Workspace copy = copy(original, "copies [1]/of it");
        drop(copy, "dropped");
        drop(original, "later");
        for (int start = 1; start <= 2; start++) {
            String bundles = list(copy);
            assertTrue(bundles.contains("micro.dropped") && bundles.contains(OWN), bundles);
            assertTrue(!bundles.contains("micro.later"), bundles);
        }
    }

    @Test
    @DisplayName(
            "Copied without its script: java -jar runs the copy's bundles, also with the class cache of the original")
    void copiedCache() throws Exception {
        Workspace copy = copy(original, "copy for java");
        drop(copy, "dropped");
        String bundles = printed(new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--sun-misc-unsafe-memory-access=allow",
                "-XX:+UseSerialGC",
                "-Xlog:aot=off,cds=off",
                "-XX:AOTCache=" + copy.distribution().resolve("hv.aot"),
                "-jar",
                copy.distribution().resolve("hv.jar").toString(),
                "shell",
                "-c",
                "felix:lb -s"));
        assertTrue(bundles.contains("micro.dropped"), bundles);
    }

    @Test
    @DisplayName("Moved: everything is found again, and a guest runs")
    void moved() throws Exception {
        Workspace copy = copy(original, "before the move");
        Path to = folder.resolve("after the move");
        Files.move(copy.root(), to);
        Workspace moved = new Workspace(to);
        assertTrue(list(moved).contains(OWN));
        String guest = printed(moved.script("run", "--backend", "hosted", "--cpu", "hv-relaxed,hv-enforce-cpuid"));
        assertTrue(guest.contains(" 0 failed"), guest);
    }

    @Test
    @DisplayName("Read-only, and with the original gone: works, only slower, and says nothing about it")
    void readOnly() throws Exception {
        Workspace copy = copy(original, "read only");
        List<String> bwrap = List.of(
                "bwrap",
                "--bind",
                "/",
                "/",
                "--dev-bind",
                "/dev",
                "/dev",
                "--proc",
                "/proc",
                "--ro-bind",
                copy.root().toString(),
                copy.root().toString(),
                "--tmpfs",
                original.root().toString());
        assumeTrue(works(bwrap), "needs bwrap, of bubblewrap, and to be allowed to use it");
        assertTrue(printed(copy.below(bwrap, "shell", "-c", "felix:lb -s")).contains(OWN));
    }

    private static boolean works(List<String> outer) throws Exception {
        try {
            List<String> command = new ArrayList<>(outer);
            command.add("true");
            return Ended.of(new ProcessBuilder(command)).status() == 0;
        } catch (IOException e) {
            return false;
        }
    }

    @Test
    @DisplayName("With HOME unset, or empty, as below systemd, a guest runs")
    void homeless() throws Exception {
        ProcessBuilder unset = original.script("run", "--backend", "hosted", "--cpu", "hv-relaxed,hv-enforce-cpuid");
        assertTrue(!unset.environment().containsKey("HOME"));
        assertTrue(printed(unset).contains(" 0 failed"));
        ProcessBuilder empty = original.script("list");
        empty.environment().put("HOME", "");
        assertTrue(printed(empty).contains("hv-vpindex"));
    }
}
