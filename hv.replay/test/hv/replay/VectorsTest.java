package hv.replay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.api.SavedState;
import hv.testkit.Deployed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Everything that was recorded of KVM is answered alike. */
class VectorsTest {
    private static Deployed deployed;

    @BeforeAll
    static void deploy() throws IOException {
        deployed = new Deployed();
    }

    @AfterAll
    static void withdraw() throws IOException {
        deployed.close();
    }

    static List<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(Path.of("vectors"))) {
            return files.filter(file -> file.toString().endsWith(".jsonl"))
                    .sorted()
                    .toList();
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("files")
    @DisplayName(
            "The answers are the same when the guest is saved and restored elsewhere at random moments of the recording")
    void answersAsRecordedElsewhere(Path file) throws VectorFormatException {
        long seed = System.nanoTime();
        FileReport report = new Replayer(
                        deployed.hypervisor(),
                        (hypervisor, header) -> new MovingMachine(hypervisor, header, seed, partition -> {}))
                .replay(file, true);
        assertTrue(report.passed(), () -> "seed " + seed + " " + report.text());
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("files")
    @DisplayName("After any recording a reset brings the whole partition to what a fresh one is")
    void resetIsFresh(Path file) throws VectorFormatException {
        List<String> differences = new ArrayList<>();
        new Replayer(deployed.hypervisor(), (hypervisor, header) -> {
                    HostedMachine fresh = new HostedMachine(hypervisor, header);
                    SavedState expected = fresh.partition().save();
                    fresh.close();
                    return new MovingMachine(hypervisor, header, 0, partition -> {
                        partition.reset();
                        compare(expected, partition.save(), differences);
                    });
                })
                .replay(file, true);
        assertEquals(List.of(), differences);
    }

    /** All sections but the partition's own clock, which goes on. */
    private static void compare(SavedState expected, SavedState found, List<String> differences) {
        for (int i = 0;
                i < Math.max(expected.sections().size(), found.sections().size());
                i++) {
            SavedState.Section one = expected.sections().get(i);
            SavedState.Section two = found.sections().get(i);
            Map<String, Long> values = new TreeMap<>(two.values());
            values.computeIfPresent(
                    "ReferenceTime100ns", (name, time) -> one.values().get(name));
            SavedState.Section steady = new SavedState.Section(two.id(), two.vp(), two.version(), values, two.bytes());
            if (!one.equals(steady)) {
                differences.add(one + " is " + steady);
            }
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("files")
    @DisplayName("KVM: each operation of the recording has the recorded outcome")
    void answersAsRecorded(Path file) throws VectorFormatException {
        FileReport report = new Replayer(deployed.hypervisor(), Backend.HOSTED).replay(file, true);
        assertTrue(report.passed(), report::text);
        assertTrue(report.operations() > 0, "nothing was replayed");
    }
}
