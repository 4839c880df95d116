package hv.itest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.itest.boom.Boom;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The program with a bundle of somebody else's that fails; run as a process, since the log is the process's. */
@DisplayName("Whatever a bundle throws, the user reads one line in words and no stack trace")
class BoomTest {
    private static final String COMPONENT = """
            <scr:component xmlns:scr="http://www.osgi.org/xmlns/scr/v1.3.0" name="boom.%1$s" immediate="true"%2$s>
              <implementation class="hv.itest.boom.Boom$%1$s"/>
              %3$s
            </scr:component>
            """;
    private static final String SERVICE = "<service><provide interface=\"java.lang.Runnable\"/></service>";
    private static final Map<String, String> COMPONENTS = Map.of(
            "Activate", COMPONENT.formatted("Activate", " activate=\"activate\"", ""),
            "Bind",
                    COMPONENT.formatted(
                            "Bind",
                            "",
                            "<reference name=\"it\" interface=\"java.lang.Runnable\" target=\"(osgi.command.scope=boom)\" bind=\"bind\"/>"),
            "Command",
                    COMPONENT.formatted(
                            "Command",
                            "",
                            "<property name=\"osgi.command.scope\" value=\"boom\"/>"
                                    + "<property name=\"osgi.command.function\">bug\nerror\nmemory\nsilent</property>"
                                    + SERVICE));

    @TempDir
    Path temporary;

    private Ended run(List<String> components, boolean activates, String... arguments) throws Exception {
        Path copy = Shipped.assembleAt(temporary.resolve("hv")).root();
        write(copy.resolve("bundles/boom.jar"), components, activates);
        List<String> command = new ArrayList<>(List.of(
                ProcessHandle.current().info().command().orElseThrow(),
                "-Djava.io.tmpdir=" + temporary,
                "--sun-misc-unsafe-memory-access=allow",
                "-jar",
                copy.resolve("hv.jar").toString()));
        command.addAll(List.of(arguments));
        return Ended.of(new ProcessBuilder(command));
    }

    private static void write(Path jar, List<String> components, boolean activates) throws IOException {
        Manifest manifest = new Manifest();
        Attributes main = manifest.getMainAttributes();
        main.put(Attributes.Name.MANIFEST_VERSION, "1.0");
        main.putValue("Bundle-ManifestVersion", "2");
        main.putValue("Bundle-SymbolicName", "boom");
        main.putValue("Import-Package", "org.osgi.framework");
        main.putValue(
                "Service-Component",
                String.join(",", components.stream().map(name -> name + ".xml").toList()));
        if (activates) {
            main.putValue("Bundle-Activator", Boom.Activator.class.getName());
        }
        try (OutputStream file = Files.newOutputStream(jar);
                JarOutputStream out = new JarOutputStream(file, manifest)) {
            for (Class<?> type : Stream.concat(Stream.of(Boom.class), Stream.of(Boom.class.getClasses()))
                    .toList()) {
                String name = type.getName().replace('.', '/') + ".class";
                out.putNextEntry(new ZipEntry(name));
                try (InputStream in = Boom.class.getClassLoader().getResourceAsStream(name)) {
                    in.transferTo(out);
                }
            }
            for (String component : components) {
                out.putNextEntry(new ZipEntry(component + ".xml"));
                out.write(COMPONENTS.get(component).getBytes(StandardCharsets.UTF_8));
            }
        }
    }

    private static void saysOneLine(Ended ended, String... words) {
        assertEquals(1, ended.err().size(), ended::toString);
        for (String word : words) {
            assertTrue(ended.err().getFirst().contains(word), ended::toString);
        }
        for (String line :
                Stream.concat(ended.err().stream(), ended.out().stream()).toList()) {
            assertFalse(
                    line.contains("Exception") || line.contains("Error") || line.startsWith("\tat "), ended::toString);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "bug, hv: this is an error of hv's own at Boom.java:",
        "error, asserted",
        "memory, hv: memory ran out (Java heap space)",
        "silent, hv: this is an error of hv's own at Boom.java:"
    })
    @DisplayName("In a command of the console")
    void command(String name, String words) throws Exception {
        Ended ended = run(List.of("Command"), false, "shell", "-c", "boom:" + name);
        assertEquals(1, ended.status(), ended::toString);
        saysOneLine(ended, words);
    }

    @Test
    @DisplayName("When a component is activated: all else goes on")
    void activate() throws Exception {
        Ended ended = run(List.of("Activate"), false, "shell", "-c", "hv:crash");
        assertEquals(0, ended.status(), ended::toString);
        saysOneLine(ended, "boom", "activate; in two lines");
        assertEquals(List.of("no running guest has reported a crash"), ended.out());
    }

    @Test
    @DisplayName("When a component is bound to what it needs")
    void bind() throws Exception {
        Ended ended = run(List.of("Command", "Bind"), false, "shell", "-c", "hv:crash");
        assertEquals(0, ended.status(), ended::toString);
        saysOneLine(ended, "boom", "bind/Gone");
    }

    @Test
    @DisplayName("When a bundle is started")
    void activator() throws Exception {
        Ended ended = run(List.of(), true, "shell", "-c", "hv:crash");
        assertEquals(1, ended.status(), ended::toString);
        saysOneLine(ended, "hv: ", "started");
    }
}
