package hv.fuzz;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.testkit.Deployed;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class CorpusTest {
    static Stream<String> targets() {
        return Targets.names().stream();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("targets")
    @DisplayName("What has to hold for every input holds for those of the corpus")
    void replays(String name) throws Throwable {
        List<Path> inputs = WorkFolder.inputs(Path.of("corpus", name));
        assertFalse(inputs.isEmpty(), "a target needs seeds");
        try (Deployed deployed = new Deployed()) {
            Target target = Targets.make(name, deployed.hypervisor());
            for (Path input : inputs) {
                assertTrue(target.run(Files.readAllBytes(input)) > 0, input.toString());
            }
        }
    }
}
