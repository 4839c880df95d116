package hv.itest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.api.enlightenment.Enlightenment;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.ServiceLoader;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What README.md says of the enlightenments is what their descriptors say, and its example is code that runs. */
class ReadmeTest {
    private static final Path README = Shipped.WORKSPACE.resolve("README.md");

    @TempDir
    Path folder;

    @Test
    @DisplayName("The table of enlightenments in README.md is the one that ./hv list --markdown README.md writes")
    void tableIsTrue() throws Exception {
        String readme = Files.readString(README);
        Path copy = folder.resolve("README.md");
        Files.writeString(copy, readme.replaceFirst("\\| `hv-vpindex` .*\n", "| `hv-gone` |\n"));
        try (Gogo gogo = new Gogo()) {
            assertEquals("", gogo.execute("hv:list --markdown " + copy));
        }
        assertEquals(
                Files.readString(copy), readme, "README.md has an old table; ./hv list --markdown README.md writes it");
    }

    @Test
    @DisplayName("The embedding example in README.md is the code of EmbeddingTest")
    void exampleIsTrue() throws IOException {
        Path source = Shipped.WORKSPACE.resolve("hv.itest/test/hv/itest/EmbeddingTest.java");
        String code = between(Files.readString(source), "// README begin\n", "// README end")
                .stripTrailing()
                .stripIndent();
        assertTrue(
                Files.readString(README).contains("```java\n" + code + "\n```"),
                "README.md needs this example:\n\n" + code);
    }

    @Test
    @DisplayName("The example of a newer jar in README.md is the code of ModuleSwapProbe")
    void jarExampleIsTrue() throws IOException {
        Path source = Shipped.WORKSPACE.resolve("hv.itest/test/hv/itest/ModuleSwapProbe.java");
        String code = between(Files.readString(source), "// README begin\n", "// README end")
                .stripTrailing()
                .stripIndent();
        assertTrue(
                Files.readString(README).contains("```java\n" + code + "\n```"),
                "README.md needs this example:\n\n" + code);
    }

    private static String between(String text, String begin, String end) {
        int from = text.indexOf(begin) + begin.length();
        String rest = text.substring(from, text.indexOf(end, from));
        return rest.substring(0, rest.lastIndexOf('\n') + 1);
    }

    static List<Enlightenment> deployed() throws IOException {
        List<URL> jars = new ArrayList<>();
        try (var folders = Files.newDirectoryStream(Shipped.WORKSPACE, "hv.*")) {
            for (Path folder : folders) {
                Path jar = folder.resolve("generated").resolve(folder.getFileName() + ".jar");
                if (Files.exists(jar)) {
                    jars.add(jar.toUri().toURL());
                }
            }
        }
        URLClassLoader loader = new URLClassLoader(jars.toArray(URL[]::new), Enlightenment.class.getClassLoader());
        return ServiceLoader.load(Enlightenment.class, loader).stream()
                .map(ServiceLoader.Provider::get)
                .sorted(Comparator.comparing(e -> e.descriptor().id()))
                .toList();
    }
}
