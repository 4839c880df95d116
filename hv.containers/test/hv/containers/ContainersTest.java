package hv.containers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * hv, installed from what {@code ./hv dist} writes and from nothing else, in empty containers that are not ours, on the
 * oldest Java that it has to work on, if that is here. More rounds: {@code -Dhv.containers.rounds=200}.
 */
@Tag("slow")
@Timeout(1200)
class ContainersTest {
    private static final List<String> FEATURES = List.of("hv", "hv-hosted", "hv-console");
    private static final List<String> WHOLE = List.of("vmm", "swap", "stop", "timer", "orders");
    private static final String FELIX =
            "org/apache/felix/org.apache.felix.framework/7.0.5/org.apache.felix.framework-7.0.5.jar";
    private static final String EQUINOX =
            "org/eclipse/platform/org.eclipse.osgi/3.24.300/org.eclipse.osgi-3.24.300.jar";
    private static final String ATOMOS =
            "org/apache/felix/org.apache.felix.atomos/1.0.0/org.apache.felix.atomos-1.0.0.jar";
    private static final String ATOMOS_ON_EQUINOX =
            "org/apache/felix/atomos/osgi.core/8.0.0/osgi.core-8.0.0-AtomosEquinox.jar";
    private static final String ATOMOS_ON_FELIX =
            "org/apache/felix/atomos/osgi.core/8.0.0/osgi.core-8.0.0-AtomosFelix.jar";
    private static final String KARAF = "org/apache/karaf/apache-karaf/4.4.10/apache-karaf-4.4.10.tar.gz";

    /** The last word of what the shell is asked, as the answer has it. */
    private static final String ANSWERED = "HV_X64_MSR_STIMER3_COUNT, read-write";

    /** Wide enough for a name. */
    private static final String ROW = "%-18s %s%n";

    private static final Map<String, Map<String, String>> TABLE = new TreeMap<>();

    @TempDir
    static Path folder;

    private static Delivered delivered;
    private static Path newer;
    private static String java;

    @TempDir
    Path scratch;

    @BeforeAll
    static void deliver() throws Exception {
        delivered = Delivered.write(folder);
        newer = delivered.newerTime();
        java = Javas.oldest().map(Path::toString).orElse(Javas.current());
    }

    @AfterAll
    static void print() {
        System.out.printf("containers, seed %d%n", Run.seed());
        TABLE.forEach((name, cells) -> {
            System.out.printf(ROW, name, cells.getOrDefault("on", ""));
            cells.forEach((cell, outcome) -> {
                if (!cell.equals("on")) {
                    System.out.printf(ROW, "  " + cell, outcome);
                }
            });
        });
    }

    private static Path fetched(String file) {
        Path path = Delivered.fetched(file);
        assumeTrue(Files.isRegularFile(path), path.getFileName() + " could not be fetched");
        return path;
    }

    private Run run(
            String name, List<String> expected, List<String> command, Map<String, String> environment, Run.Typed typed)
            throws Exception {
        Run run = new Run(delivered, newer, scratch);
        List<String> whole = new ArrayList<>(command);
        if (environment.isEmpty()) {
            whole.addAll(1, run.settings());
        }
        Map<String, String> all = new TreeMap<>(environment);
        all.computeIfPresent("KARAF_OPTS", (key, options) -> String.join(" ", run.settings()));
        run.run(whole, all, typed);
        TABLE.put(name, run.cells());
        for (String cell : expected) {
            String outcome = run.cells().getOrDefault(cell, "not reached");
            assertTrue(outcome.startsWith("ok "), () -> cell + ": " + outcome + "\n" + run.said());
        }
        return run;
    }

    private void framework(String name, Path framework) throws Exception {
        Path inside = Delivered.built("hv.embedder");
        List<String> command = new ArrayList<>(List.of(
                java + "/bin/java",
                "-cp",
                framework + File.pathSeparator + inside,
                "hv.embedder.Start",
                scratch.resolve("storage").toString()));
        delivered.bundles(FEATURES).forEach(jar -> command.add(jar.toString()));
        command.add(inside.toString());
        run(name, WHOLE, command, Map.of(), Run.Typed.NOTHING);
    }

    @Test
    @DisplayName("Plain Felix runs a VMM, swaps, stops and starts under it, and no timer is lost")
    void felix() throws Exception {
        framework("Felix", fetched(FELIX));
    }

    @Test
    @DisplayName("So does Equinox")
    void equinox() throws Exception {
        framework("Equinox", fetched(EQUINOX));
    }

    private Path modules(Path... more) throws IOException {
        Path modules = Files.createDirectory(scratch.resolve("modules"));
        List<Path> jars = new ArrayList<>(delivered.bundles(FEATURES));
        jars.add(Delivered.built("hv.embedder"));
        jars.addAll(List.of(more));
        for (Path jar : jars) {
            Files.copy(jar, modules.resolve(jar.getFileName()));
        }
        return modules;
    }

    private void atomos(String name, Path framework, Path core, String ways) throws Exception {
        run(
                name,
                WHOLE,
                List.of(
                        java + "/bin/java",
                        "-Dhv.ways=" + ways,
                        "-p",
                        modules(fetched(ATOMOS), framework, core).toString(),
                        "--add-modules",
                        "ALL-MODULE-PATH",
                        "-m",
                        "org.apache.felix.atomos/org.apache.felix.atomos.Atomos",
                        "org.osgi.framework.storage=" + scratch.resolve("storage")),
                Map.of(),
                Run.Typed.NOTHING);
    }

    @Test
    @DisplayName("So does Equinox by OSGi Connect, with hv's bundles as modules (Atomos)")
    void atomosOnEquinox() throws Exception {
        atomos("Atomos, Equinox", fetched(EQUINOX), fetched(ATOMOS_ON_EQUINOX), "");
    }

    @Test
    @DisplayName("So does Felix by OSGi Connect, where a refresh is left out: Felix cannot open such a bundle again")
    void atomosOnFelix() throws Exception {
        atomos("Atomos, Felix", fetched(FELIX), fetched(ATOMOS_ON_FELIX), "STOP_START");
    }

    @Test
    @DisplayName("So do modules without any container, with a newer version from a file in a layer of its own")
    void modulePath() throws Exception {
        run(
                "modules",
                List.of("vmm", "swap", "stop", "timer"),
                List.of(
                        java + "/bin/java",
                        "-p",
                        modules().toString(),
                        "--add-modules",
                        "ALL-MODULE-PATH",
                        "-m",
                        "hv.embedder/hv.embedder.ModulePath"),
                Map.of(),
                Run.Typed.NOTHING);
    }

    @Test
    @DisplayName("So does an image of these modules, the console's among them, made by jlink")
    void image() throws Exception {
        String own = delivered.bundles(FEATURES).stream()
                .map(jar -> jar.getFileName().toString())
                .filter(name -> name.startsWith("hv."))
                .map(name -> name.substring(0, name.indexOf('-')))
                .collect(Collectors.joining(","));
        Path image = scratch.resolve("image");
        Process jlink = new ProcessBuilder(
                        Javas.current() + "/bin/jlink",
                        "-p",
                        modules().toString(),
                        "--add-modules",
                        own + ",hv.embedder",
                        "--output",
                        image.toString())
                .redirectErrorStream(true)
                .start();
        String said = new String(jlink.getInputStream().readAllBytes());
        assertEquals(0, jlink.waitFor(), said);
        run(
                "jlink",
                List.of("vmm", "swap", "stop", "timer"),
                List.of(
                        image.resolve("bin/java").toString(),
                        "--add-modules",
                        "hv.partition,hv.console",
                        "-m",
                        "hv.embedder/hv.embedder.ModulePath"),
                Map.of(),
                Run.Typed.NOTHING);
    }

    @Test
    @DisplayName("So does Karaf, with hv installed as features, and its shell has hv's commands")
    void karaf() throws Exception {
        Path archive = fetched(KARAF);
        assumeTrue(
                new ProcessBuilder("tar", "-xzf", archive.toString(), "-C", scratch.toString(), "--strip-components=1")
                                .start()
                                .waitFor()
                        == 0,
                "there is no tar");
        Files.writeString(scratch.resolve("etc/org.ops4j.pax.url.mvn.cfg"), """
                org.ops4j.pax.url.mvn.useFallbackRepositories=false
                org.ops4j.pax.url.mvn.defaultRepositories=\
                ${karaf.home.uri}${karaf.default.repository}@id=system@snapshots,\
                file:%s@id=hv
                org.ops4j.pax.url.mvn.repositories=
                org.ops4j.pax.url.mvn.localRepository=%s
                """.formatted(
                        delivered.maven(), scratch.resolve("repository")));
        // The shell is there before its commands are.
        String again = """
                feature:repo-add mvn:hv/hv.features/%s/xml/features
                feature:install hv hv-hosted hv-console
                hv:list
                hv:why stimer
                hv:check hv-stimer
                hv:cpuid --cpu hv-vpindex
                hv:explain stimer
                """.formatted(delivered.version());
        String then = "bundle:install -s file:" + Delivered.built("hv.embedder") + "\n";
        Run run = run(
                "Karaf",
                WHOLE,
                List.of(scratch.resolve("bin/karaf").toString()),
                Map.of("JAVA_HOME", java, "KARAF_OPTS", ""),
                new Run.Typed(again, ANSWERED, then));
        assertTrue(run.said().contains("hv.stimer " + delivered.version()), run::said);
        assertTrue(run.said().contains("add hv-synic"), run::said);
        assertFalse(run.said().contains("Exception"), run::said);
    }

    @Test
    @DisplayName("So does our own launcher")
    void launcher() throws Exception {
        Path program = delivered.program(scratch.resolve("program"));
        Files.copy(Delivered.built("hv.embedder"), program.resolve("bundles/hv.embedder.jar"));
        run(
                "hv shell",
                WHOLE,
                List.of(
                        Javas.current() + "/bin/java",
                        "--enable-native-access=ALL-UNNAMED",
                        "-jar",
                        program.resolve("hv.jar").toString(),
                        "shell"),
                Map.of(),
                Run.Typed.NOTHING);
    }

    @Test
    @DisplayName("The launcher is no bundle for others")
    void noLauncher() {
        assertEquals(
                List.of(),
                delivered.bundles(FEATURES).stream()
                        .map(Path::toString)
                        .filter(name -> name.contains("hv.launcher"))
                        .collect(Collectors.toList()));
    }
}
