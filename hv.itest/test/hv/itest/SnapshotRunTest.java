package hv.itest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.launcher.Distribution;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code ./hv run} that ends in a file, and goes on from it. */
class SnapshotRunTest {
    /** Long enough to be saved in, short enough to wait for. */
    private static final String SLOW = "    halt 2s\n    pass";

    @TempDir
    private Path folder;

    private Distribution slow() throws Exception {
        Distribution changed = Shipped.assembleAt(folder.resolve("hv"));
        Files.write(changed.root().resolve("bundles/slow.jar"), BrokenPart.jar("slow", SLOW));
        return changed;
    }

    @Test
    @DisplayName(
            "A guest that was saved while it ran is continued by another run, with its flags and VPs, to its successful end")
    void elsewhere() throws Exception {
        Distribution slow = slow();
        Path file = folder.resolve("guest");
        Program saved = Program.run(
                slow,
                "run",
                "--backend",
                "hosted",
                "--smp",
                "2",
                "--cpu",
                "hv-vpindex,hv-time,hv-enforce-cpuid",
                "--save-at",
                "1000ms=" + file);
        assertEquals(0, saved.status(), saved::toString);
        assertFalse(saved.out().getLast().contains("failed"), saved::toString);
        Program continued = Program.run(slow, "run", "--restore", file.toString());
        assertEquals(0, continued.status(), continued::toString);
        assertFalse(continued.out().getFirst().startsWith("hv-guest: 2 vCPUs, "), continued::toString);
        assertTrue(continued.out().getLast().contains("2 vCPUs"), continued::toString);
        assertTrue(continued.out().getLast().contains(" 0 failed"), continued::toString);
        refused(slow, "it was saved with flags hv-", "--restore", file.toString(), "--cpu", "hv-time");
        refused(slow, "it was saved with VPs 2, this machine has 1", "--restore", file.toString(), "--smp", "1");
    }

    @Test
    @DisplayName("A damaged file, a veto, and a folder that is not there are told in one line with exit status 2")
    void refusals() throws Exception {
        Distribution slow = slow();
        Path file = Files.writeString(folder.resolve("text"), "a text that is no snapshot");
        refused(slow, "it is no snapshot", "--restore", file.toString());
        refused(
                slow,
                "hv-syndbg",
                "--backend",
                "hosted",
                "--cpu",
                "hv-syndbg,hv-synic,hv-vpindex,hv-relaxed",
                "--save-at",
                "1ms=" + folder.resolve("guest"));
        refused(
                slow,
                "there is no such file or folder",
                "--backend",
                "hosted",
                "--save-at",
                "1ms=" + folder.resolve("none").resolve("guest"));
    }

    @Test
    @DisplayName(
            "A guest that cannot be saved, as on a full disk, goes on to its end; the run's status says that it was not")
    void goesOn() throws Exception {
        Program run = Program.run(
                slow(),
                "run",
                "--backend",
                "hosted",
                "--save-at",
                "1ms=" + folder.resolve("none").resolve("guest"));
        assertEquals(2, run.status(), run::toString);
        assertTrue(run.out().getLast().contains(" 0 failed"), run::toString);
    }

    private static void refused(Distribution distribution, String wanted, String... args) {
        String[] all = new String[args.length + 1];
        all[0] = "run";
        System.arraycopy(args, 0, all, 1, args.length);
        Program run = Program.run(distribution, all);
        List<String> told =
                run.err().stream().filter(line -> line.startsWith("hv: ")).toList();
        assertEquals(2, run.status(), () -> Arrays.toString(all) + run);
        assertEquals(1, told.size(), run::toString);
        assertTrue(told.getFirst().contains(wanted), run::toString);
    }
}
