package hv.fuzz;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.fuzz.target.Product;
import hv.fuzz.target.Target;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
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
        try (URLClassLoader bundles = new URLClassLoader(jars(), CorpusTest.class.getClassLoader())) {
            Target target = Targets.make(name, Product.of(bundles));
            for (Path input : inputs) {
                assertTrue(target.run(Files.readAllBytes(input)) > 0, input.toString());
            }
        }
    }

    /** What the workspace has built. */
    private static URL[] jars() throws IOException {
        List<URL> jars = new ArrayList<>();
        try (Stream<Path> folders = Files.list(Path.of(".."))) {
            for (Path folder : folders.sorted().toList()) {
                Path jar = folder.resolve("generated").resolve(folder.getFileName() + ".jar");
                if (Files.exists(jar)) {
                    jars.add(jar.toUri().toURL());
                }
            }
        }
        return jars.toArray(URL[]::new);
    }
}
