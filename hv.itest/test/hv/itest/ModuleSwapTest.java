package hv.itest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.api.host.Hypervisor;
import hv.partition.EnlightenmentJar;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An enlightenment is replaced under a guest on the module path, from a real jar, without OSGi. */
class ModuleSwapTest {
    @TempDir
    Path folder;

    private Path newer(String name) throws IOException {
        Path jar = folder.resolve(name + "-0.1.1.jar");
        try (var content = GuestBundle.version(name, "0.1.1")) {
            Files.copy(content, jar);
        }
        return jar;
    }

    private static List<String> run(Class<?> program, String... arguments) throws Exception {
        Path bundles = Shipped.distribution().root().resolve("bundles");
        List<String> modules = new ArrayList<>();
        try (Stream<Path> jars = Files.list(bundles)) {
            jars.map(Path::toString)
                    .filter(jar -> jar.endsWith(".jar") && jar.contains("/hv."))
                    .filter(jar -> !jar.contains("hv.kvm") && !jar.contains("hv.machine"))
                    .forEach(modules::add);
        }
        Path classes = Path.of(
                program.getProtectionDomain().getCodeSource().getLocation().toURI());
        List<String> command = new ArrayList<>(List.of(
                ProcessHandle.current().info().command().orElseThrow(),
                "-XX:TieredStopAtLevel=1",
                "--module-path",
                String.join(":", modules),
                "--add-modules",
                "hv.partition,hv.hosted,hv.time,hv.vpindex",
                "-cp",
                classes.toString(),
                program.getName()));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        List<String> said = process.inputReader().lines().toList();
        process.waitFor();
        return said;
    }

    @Test
    @DisplayName(
            "A newer jar takes over with the guest's state, and gives the place back when it is closed: README's example")
    void swap() throws Exception {
        List<String> said = run(ModuleSwapProbe.class, newer("hv.time").toString());
        assertEquals(
                "hv.time 0.1.1 took over, state 32 bytes",
                said.get(0).replaceAll("state \\d+", "state 32"),
                said::toString);
        assertEquals("the guest's register is 5001", said.get(1), said::toString);
        assertEquals(2, said.size(), said::toString);
    }

    @Test
    @DisplayName("What is no module, offers nothing, or is not there, is told in one line")
    void refused() throws Exception {
        Path noJar = folder.resolve("text.jar");
        Files.writeString(noJar, "no jar");
        List<String> said = run(ModuleSwapProbe.class, noJar.toString());
        assertTrue(said.get(0).contains("text.jar"), said::toString);
        Path other = Shipped.distribution().root().resolve("bundles/hv.hosted.jar");
        said = run(ModuleSwapProbe.class, other.toString());
        assertTrue(said.get(0).contains("hv.hosted.jar offers no enlightenment"), said::toString);
    }

    @Test
    @DisplayName("On the class path, which has no layers, it says so")
    void classPath() throws Exception {
        Hypervisor hypervisor = ServiceLoader.load(Hypervisor.class).findFirst().orElseThrow();
        Path jar = newer("hv.time");
        IllegalStateException e =
                assertThrows(IllegalStateException.class, () -> EnlightenmentJar.load(hypervisor, jar));
        assertTrue(e.getMessage().contains("module path"), e::getMessage);
    }
}
