package hv.itest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * Whose code leaves the JVM. In the framework all bundles may, so what is shipped is looked through with the JDK's own
 * tool.
 */
class NativeAccessTest {
    @Test
    @DisplayName(
            "Of all shipped jars hv.kvm, hv.netvsc and hv.storvsc, and on the console JLine, call methods that need native access; no other one does")
    void whoLeavesTheJvm() throws Exception {
        Optional<ToolProvider> scan = ToolProvider.findFirst("jnativescan");
        assumeTrue(scan.isPresent(), "this Java has no jnativescan");
        TreeSet<String> found = new TreeSet<>();
        for (Path jar : jars()) {
            if (jar.endsWith("tools.jar")) {
                // It holds what the others hold.
                continue;
            }
            StringWriter said = new StringWriter();
            PrintWriter out = new PrintWriter(said);
            int status = scan.get().run(out, out, "--class-path", jar.toString());
            out.flush();
            assertEquals(0, status, jar + ": " + said);
            if (!said.toString().contains("<no restricted methods>")) {
                found.add(jar.getFileName().toString());
            }
        }
        assertEquals(new TreeSet<>(List.of("hv.kvm.jar", "hv.netvsc.jar", "hv.storvsc.jar", "jline.jar")), found);
    }

    @Test
    @DisplayName("On the module path native access is granted to hv.kvm alone, and nobody else has it")
    void grantedByName() throws Exception {
        assertEquals(List.of("hv.kvm: granted", "class path: refused"), probe("hv.kvm"));
        assertEquals(List.of("hv.kvm: refused", "class path: refused"), probe("hv.api"));
    }

    private static List<String> probe(String granted) throws Exception {
        Path bundles = Shipped.distribution().root().resolve("bundles");
        Path classes = Path.of(ModuleProbe.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());
        Process process = new ProcessBuilder(
                        ProcessHandle.current().info().command().orElseThrow(),
                        "--module-path",
                        bundles.resolve("hv.api.jar") + ":" + bundles.resolve("hv.kvm.jar"),
                        "--add-modules",
                        "hv.kvm",
                        "--enable-native-access=" + granted,
                        "--illegal-native-access=deny",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        classes.toString(),
                        ModuleProbe.class.getName())
                .redirectErrorStream(true)
                .start();
        List<String> said = process.inputReader().lines().toList();
        process.waitFor();
        return said;
    }

    private static List<Path> jars() throws Exception {
        List<Path> jars = new ArrayList<>();
        try (Stream<Path> files = Files.walk(Shipped.distribution().root())) {
            files.filter(file -> file.toString().endsWith(".jar")).forEach(jars::add);
        }
        return jars;
    }
}
