package hv.itest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import hv.kvm.Kvm;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("./hv run --vmbus")
class VmbusRunTest {
    @TempDir
    private Path folder;

    @BeforeEach
    void needsKvm() {
        Kvm.whyUnusable().ifPresent(reason -> assumeTrue(false, "needs KVM: " + reason));
    }

    private static void refused(String wanted, String... args) {
        Program run = Program.run(args);
        List<String> told =
                run.err().stream().filter(line -> line.startsWith("hv: ")).toList();
        assertEquals(2, run.status(), run::toString);
        assertEquals(1, told.size(), run::toString);
        assertTrue(told.get(0).contains(wanted), run::toString);
    }

    @Test
    @DisplayName("What the bus needs and is not there is named in one line: flags, kinds of devices")
    void refusals() {
        refused("add hv-synic,hv-vpindex to --cpu", "run", "--vmbus", "--cpu", "hv-relaxed,hv-enforce-cpuid");
        refused("add hv-synic to --cpu", "run", "--device", "heartbeat", "--cpu", "hv-vpindex,hv-enforce-cpuid");
        refused("no kind of device 'floppy'", "run", "--device", "floppy");
    }

    @Test
    @DisplayName(
            "A guest with the bus is saved with it, and goes on where it is given the same; elsewhere it is refused")
    void moves() {
        String file = folder.resolve("guest").toString();
        Program saved = Program.run("run", "--vmbus", "--append", "clock=20s", "--save-at", "300ms=" + file);
        assertEquals(0, saved.status(), saved::toString);
        refused("give it the same devices, by --vmbus or --device", "run", "--restore", file);
        refused("vmbus.", "run", "--restore", file, "--device", "heartbeat");
        Program continued = Program.run("run", "--restore", file, "--vmbus");
        assertEquals(0, continued.status(), continued::toString);
        assertTrue(continued.out().getLast().contains(" 0 failed"), continued::toString);
    }
}
