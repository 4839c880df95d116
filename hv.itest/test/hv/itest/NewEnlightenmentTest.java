package hv.itest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What CONTRIBUTING.md says of a new enlightenment, done in a copy of this workspace. */
@Tag("slow")
@Timeout(1200)
class NewEnlightenmentTest {
    /** What is not needed for it, or made anew. */
    private static final Set<String> LEFT = Set.of(
            ".git",
            "target",
            "generated",
            "hv.bench",
            "hv.faults",
            "hv.fuzz",
            "hv.itest",
            "hv.lab",
            "hv.oracle",
            "hv.stress");

    /** What builds leave in a workspace. */
    private static final Set<String> MADE = Set.of("generated", "cache", "bin", "bin_test", "target");

    @TempDir
    private Path folder;

    @Test
    @DisplayName("One new folder, and it is built, tested, shipped, listed, explained, documented and used by a guest")
    void oneFolder() throws Exception {
        assumeTrue(Files.exists(maven()), "needs the Maven that ./hv fetches");
        Path root = folder.resolve("workspace");
        copy(Shipped.WORKSPACE, root);
        Map<String, String> before = sources(root);
        copyVpIndexAsSample(root);

        Workspace workspace = new Workspace(root);
        assertEquals("", printed(workspace.script("list", "--markdown", root + "/README.md")));
        assertTrue(
                Files.readString(root.resolve("README.md"))
                        .contains("| `hv-sample` | `hv.sample` | names its processors"),
                "documented");
        Map<String, String> after = sources(root);
        after.keySet().removeIf(path -> path.startsWith("hv.sample/"));
        assertEquals(Set.of("README.md"), different(before, after), "changed besides");

        assertTrue(Files.exists(workspace.distribution().resolve("bundles/hv.sample.jar")), "shipped");
        assertTrue(printed(workspace.script("list")).contains("hv-sample "), "listed");
        String explained = printed(workspace.script("explain", "sample"));
        assertTrue(explained.contains("0x40000030  HV_X64_MSR_SAMPLE, read-only"), explained);
        String guest = printed(workspace.script(
                "run", "--backend", "hosted", "--smp", "2", "--cpu", "hv-sample,hv-relaxed,hv-enforce-cpuid"));
        assertTrue(guest.lines().anyMatch(line -> line.matches("sample +vp 1 +ok +index=1")), guest);

        printed(maven(workspace, "-Dmaven.test.skip=true", "-pl", "hv.testkit", "package"));
        String tested = printed(maven(workspace, "-pl", "hv.sample", "test"));
        assertTrue(tested.matches("(?s).*Tests run: [1-9][0-9]*, Failures: 0, Errors: 0, Skipped: 0.*"), tested);
    }

    /** Step 1, with what has to be another one in each file. */
    private static void copyVpIndexAsSample(Path root) throws IOException {
        Path model = root.resolve("hv.vpindex");
        for (String path : sources(root).keySet()) {
            if (path.startsWith("hv.vpindex/")) {
                Path to = root.resolve(renamed(path));
                Files.createDirectories(to.getParent());
                Files.writeString(to, renamed(Files.readString(root.resolve(path))));
            }
        }
        assertTrue(Files.exists(model.resolveSibling("hv.sample/src/hv/sample/Sample.java")));
    }

    private static String renamed(String text) {
        return text.replace("vpindex", "sample")
                .replace("VpIndex", "Sample")
                .replace("MSR_VP_INDEX", "MSR_SAMPLE")
                .replace("0x40000002", "0x40000030")
                .replace("0x4000_0002", "0x4000_0030")
                .replace("EAX, 6,", "EAX, 28,")
                .replace("1 << 6", "1 << 28")
                .replace("eax 6 ", "eax 28 ");
    }

    /** The Maven that the script has unpacked, the newest if there are several. */
    private static Path maven() throws IOException {
        Path unpacked = Path.of(System.getProperty("user.home"), ".m2", "hv");
        if (!Files.isDirectory(unpacked)) {
            return unpacked.resolve("bin/mvn");
        }
        try (Stream<Path> found = Files.list(unpacked)) {
            return found.map(one -> one.resolve("bin/mvn"))
                    .filter(Files::exists)
                    .max(Comparator.naturalOrder())
                    .orElse(unpacked.resolve("bin/mvn"));
        }
    }

    private static ProcessBuilder maven(Workspace workspace, String... words) throws IOException {
        ProcessBuilder builder = workspace.below(List.of("env", "JAVA_HOME=" + System.getProperty("java.home")));
        builder.command().removeLast();
        builder.command().addAll(List.of("sh", maven().toString(), "-B"));
        builder.command().addAll(List.of(words));
        return builder.directory(workspace.root().toFile());
    }

    private static String printed(ProcessBuilder builder) throws Exception {
        Ended ended = Ended.of(builder);
        assertEquals(0, ended.status(), ended::toString);
        return String.join("\n", ended.out());
    }

    private static void copy(Path from, Path to) throws IOException {
        walk(from, LEFT, file -> {
            Path target = to.resolve(from.relativize(file));
            Files.createDirectories(target.getParent());
            Files.copy(file, target, StandardCopyOption.COPY_ATTRIBUTES);
        });
    }

    /** What a workspace is made of, by path. */
    private static Map<String, String> sources(Path root) throws IOException {
        Map<String, String> sources = new TreeMap<>();
        walk(root, MADE, file -> {
            String path = root.relativize(file).toString();
            String name = file.getFileName().toString();
            if (!name.startsWith(".") || name.equals(".project") || name.equals(".classpath")) {
                sources.put(path, new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1));
            }
        });
        return sources;
    }

    private static Set<String> different(Map<String, String> before, Map<String, String> after) {
        return Stream.concat(before.keySet().stream(), after.keySet().stream())
                .filter(path -> !before.getOrDefault(path, "").equals(after.getOrDefault(path, "")))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    @FunctionalInterface
    private interface Step {
        void take(Path file) throws IOException;
    }

    private static void walk(Path root, Set<String> without, Step step) throws IOException {
        Files.walkFileTree(root, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
                return without.contains(directory.getFileName().toString())
                        ? FileVisitResult.SKIP_SUBTREE
                        : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                step.take(file);
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
