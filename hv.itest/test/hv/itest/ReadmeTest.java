package hv.itest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.api.Descriptor;
import hv.api.Enlightenment;
import hv.api.FlagOption;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.ServiceLoader;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What README.md says of the enlightenments is what their descriptors say, and its example is code that runs. */
class ReadmeTest {
    private static final Path README = Shipped.WORKSPACE.resolve("README.md");

    @Test
    @DisplayName("The table of enlightenments in README.md is the one that the descriptors give")
    void tableIsTrue() throws IOException {
        String expected = table();
        String actual = between(Files.readString(README), "<!-- enlightenments -->\n", "<!-- end -->");
        assertEquals(expected, actual, "README.md needs this table:\n\n" + expected);
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

    private static String between(String text, String begin, String end) {
        int from = text.indexOf(begin) + begin.length();
        String rest = text.substring(from, text.indexOf(end, from));
        return rest.substring(0, rest.lastIndexOf('\n') + 1);
    }

    private static String table() throws IOException {
        StringBuilder table = new StringBuilder("| flag | bundle | the guest ... | MSRs and calls | requires |\n");
        table.append("|---|---|---|---|---|\n");
        for (Enlightenment enlightenment : deployed()) {
            Descriptor d = enlightenment.descriptor();
            table.append("| %s | `%s` | %s | %s | %s |%n"
                    .formatted(
                            d.options().stream()
                                    .map(FlagOption::flag)
                                    .map(flag -> "`" + flag + "`")
                                    .collect(Collectors.joining(" ")),
                            enlightenment.getClass().getPackageName(),
                            d.benefit(),
                            surface(d),
                            d.requires().isEmpty() ? "" : String.join(", ", d.requires())));
        }
        return table.toString();
    }

    private static String surface(Descriptor d) {
        List<String> parts = new ArrayList<>();
        d.msrs().forEach(m -> parts.add(m.first() == m.last() ? hex(m.first()) : hex(m.first()) + "-" + hex(m.last())));
        d.hypercalls().forEach(h -> parts.add("%s (0x%04x)".formatted(h.name(), h.code())));
        return String.join(", ", parts);
    }

    private static String hex(int msr) {
        return "0x%08x".formatted(msr);
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
