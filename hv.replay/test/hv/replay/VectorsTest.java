package hv.replay;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
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
    @DisplayName("KVM: each operation of the recording has the recorded outcome")
    void answersAsRecorded(Path file) throws VectorFormatException {
        FileReport report = new Replayer(deployed.hypervisor(), Backend.HOSTED).replay(file, true);
        assertTrue(report.passed(), report::text);
        assertTrue(report.operations() > 0, "nothing was replayed");
    }
}
