package hv.replay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import hv.testkit.Deployed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A guest of {@code /dev/kvm} finds what was recorded of KVM's own Hyper-V. */
class KvmMachineTest {
    private static final String HEADER =
            "{\"format\":\"hv-vectors/1\",\"cpu\":\"hv-vapic,hv-vpindex\",\"vps\":2,\"memory\":\"%s\"}";

    private static Deployed deployed;

    @TempDir
    private Path folder;

    @BeforeAll
    static void deploy() throws IOException {
        Backend.KVM.whyUnusable().ifPresent(reason -> assumeTrue(false, "needs KVM: " + reason));
        deployed = new Deployed();
    }

    @AfterAll
    static void withdraw() throws IOException {
        if (deployed != null) {
            deployed.close();
        }
    }

    private static FileReport replay(Path file) throws VectorFormatException {
        return new Replayer(deployed.hypervisor(), Backend.KVM).replay(file, true);
    }

    private FileReport replay(String memory, String... operations) throws Exception {
        Path file = folder.resolve("test.jsonl");
        Files.writeString(file, HEADER.formatted(memory) + "\n" + String.join("\n", operations));
        return replay(file);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "cpuid-04",
                "gate-03",
                "hcall-codes-06",
                "hcall-ipi-03",
                "hcall-malformed-01",
                "msr-apic-01",
                "msr-fresh-03",
                "msr-osid-01",
                "msr-reset-01",
                "msr-synic-01",
                "random-03",
                "stimer-autoeoi-01",
                "stimer-busy-01",
                "stimer-oneshot-01"
            })
    @DisplayName("KVM: each instruction of the recording has the recorded outcome in a guest of ours")
    void answersAsRecorded(String name) throws VectorFormatException {
        FileReport report = replay(Path.of("vectors", name + ".jsonl"));
        assertTrue(report.passed(), report::text);
        int skipped =
                report.skipped().values().stream().mapToInt(Integer::intValue).sum();
        assertTrue(skipped < report.operations() / 2, report::text);
    }

    @Test
    @DisplayName("an answer that is not the recorded one is found, and the replay goes on behind a fault")
    void differencesAreFound() throws Exception {
        FileReport report = replay(
                "0x100000",
                "{\"op\":\"rdmsr\",\"vp\":1,\"msr\":\"0x40000002\",\"result\":\"ok\",\"value\":\"0x7\"}",
                "{\"op\":\"rdmsr\",\"vp\":1,\"msr\":\"0x400001ff\",\"result\":\"gp\"}",
                "{\"op\":\"rdmsr\",\"vp\":1,\"msr\":\"0x40000002\",\"result\":\"gp\"}");
        assertEquals(2, report.differences(), report::text);
        assertEquals(
                List.of("0x1", "0x1"),
                report.first().stream().map(Difference::got).toList());
    }

    @Test
    @DisplayName("a page that holds KVM's own call instruction is skipped, and the report says so and why")
    void skippedIsSaid() throws Exception {
        FileReport report = replay("0x100000", "{\"op\":\"peek\",\"gpa\":\"0x3000\",\"bytes\":\"0f01d9c3\"}");
        assertTrue(report.passed());
        assertTrue(
                report.text().endsWith("1 operations skipped: the hypercall page has another instruction"),
                report::text);
    }

    @Test
    @DisplayName("less memory than a guest on KVM has: the report is one line that says so")
    void tooSmallGuest() throws Exception {
        FileReport report = replay("0x1000");
        assertFalse(report.passed());
        assertTrue(report.text().contains("1 MiB of memory or more"), report::text);
        assertEquals(1, report.text().lines().count());
    }
}
