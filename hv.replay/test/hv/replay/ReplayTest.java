package hv.replay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command: files and folders, the report, the exit status. */
class ReplayTest {
    private static final String HEADER =
            "{\"format\":\"hv-vectors/1\",\"cpu\":\"hv-small\",\"vps\":1,\"memory\":\"0x1000\"}";
    private static final String SAME =
            "{\"vp\":0,\"op\":\"rdmsr\",\"msr\":\"0x40000100\",\"result\":\"ok\",\"value\":\"0x0\"}";
    private static final String OTHER = "{\"vp\":0,\"op\":\"rdmsr\",\"msr\":\"0x40000100\",\"result\":\"gp\"}";

    @TempDir
    private Path folder;

    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();

    private Path file(String name, String... lines) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        return Files.write(file, List.of(lines));
    }

    private int run(Object... typed) {
        PrintStream out = new PrintStream(printed, true, StandardCharsets.UTF_8);
        String[] words = new String[typed.length];
        for (int i = 0; i < typed.length; i++) {
            words[i] = typed[i].toString();
        }
        return new Replay(SmallPartition.hypervisor(), out).run(words);
    }

    private List<String> lines() {
        return printed.toString(StandardCharsets.UTF_8).lines().toList();
    }

    @Test
    @DisplayName("a folder without recordings, or in which something cannot be read: one line that says so")
    void uselessFolder() throws IOException {
        Path empty = Files.createDirectory(folder.resolve("empty"));
        assertEquals(
                empty + ": there is no *.jsonl in this folder",
                assertThrows(UsageException.class, () -> run(empty)).getMessage());
        Path closed = Files.createDirectory(empty.resolve("closed"));
        Files.setPosixFilePermissions(closed, Set.of());
        try {
            assumeTrue(!Files.isReadable(closed), "this user may read everything");
            assertEquals(
                    empty + ": " + closed + " in it cannot be read (this user may not read it); name a folder that can",
                    assertThrows(UsageException.class, () -> run(empty)).getMessage());
        } finally {
            Files.setPosixFilePermissions(closed, PosixFilePermissions.fromString("rwx------"));
        }
    }

    @Test
    @DisplayName("files that agree: status 0, a line each, and the count last")
    void allAgree() throws IOException {
        Path one = file("one.jsonl", HEADER, SAME);
        Path two = file("two.txt", HEADER, SAME, SAME);
        assertEquals(0, run(one, two));
        assertEquals(
                List.of(
                        one + ": 1 operations, 0 differences",
                        two + ": 2 operations, 0 differences",
                        "2 passed, 0 failed"),
                lines());
    }

    @Test
    @DisplayName("a difference: status 1, the difference in full, and the other files are replayed too")
    void oneDiffers() throws IOException {
        Path one = file("one.jsonl", HEADER, OTHER);
        Path two = file("two.jsonl", HEADER, SAME);
        assertEquals(1, run(one, two));
        assertEquals(
                List.of(
                        one + ": 1 operations, 1 differences",
                        "  line 2: rdmsr 0x40000100 on VP 0",
                        "    expected: #GP",
                        "    got:      0x0",
                        "    section:  MSRs: guest crash",
                        two + ": 1 operations, 0 differences",
                        "1 passed, 1 failed"),
                lines());
    }

    @Test
    @DisplayName("a folder stands for its *.jsonl, in the order of their names, each once")
    void foldersAreWalked() throws IOException {
        file("b/2.jsonl", HEADER, SAME);
        Path first = file("a/1.jsonl", HEADER, SAME);
        file("a/readme.md", "no vectors");
        assertEquals(0, run(folder, first));
        assertEquals("2 passed, 0 failed", lines().getLast());
        assertTrue(lines().getFirst().startsWith(first.toString()));
    }

    @Test
    @DisplayName("one malformed file: refused in one line, and nothing is replayed")
    void malformedFileStopsEverything() throws IOException {
        Path good = file("good.jsonl", HEADER, SAME);
        Path bad = file("bad.jsonl", HEADER, "{}");
        String message =
                assertThrows(UsageException.class, () -> run(good, bad)).getMessage();
        assertEquals(bad + ":2: \"op\" is missing", message);
        assertEquals(List.of(), lines());
    }

    @Test
    @DisplayName("no file, an unknown option, an empty folder: one line that says what to write")
    void badArguments() {
        for (Object[] typed : new Object[][] {
            {}, {"--keep-going"}, {"--faster"}, {"--backend"}, {"--backend", "qemu"}, {folder}, {"no such\0file"}
        }) {
            String message =
                    assertThrows(UsageException.class, () -> run(typed)).toString();
            assertEquals(1, message.lines().count());
        }
        assertTrue(assertThrows(UsageException.class, () -> run("--faster"))
                .getMessage()
                .contains("usage: replay [--backend hosted|kvm] [--keep-going] FILE..."));
    }
}
