package hv.lab.rig;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The tests that run inside, as a folder: {@code classes/FOLDER} with each project's compiled tests, {@code lib} with
 * JUnit and what the tests share, and {@code lab.jar}, this program, which has the part that runs them. For one thread.
 */
final class TestTree {
    /** How cnf/dependencies.xml pins what JUnit consists of. */
    private static final Pattern JUNIT = Pattern.compile(
            "<groupId>(org\\.junit\\.[a-z]+|org\\.opentest4j|org\\.apiguardian)</groupId><artifactId>([^<]+)</artifactId><version>([^<]+)<");

    private final Places places;
    private final Path tests;

    TestTree(Places places, Path tests) {
        this.places = places;
        this.tests = tests;
    }

    void make() throws IOException {
        Path kit = places.workspace().resolve("hv.testkit/generated/hv.testkit.jar");
        Stamp stamp = new Stamp()
                .with(places.workspace().resolve("hv.lab/generated/hv.lab.jar"))
                .with(kit);
        for (String project : places.testProjects()) {
            stamp.with(places.workspace().resolve(project).resolve("bin_test"));
        }
        if (stamp.isOn(tests)) {
            return;
        }
        Packages.delete(tests);
        Path lib = Files.createDirectories(tests.resolve("lib"));
        Matcher pinned = JUNIT.matcher(Files.readString(places.workspace().resolve("cnf/dependencies.xml")));
        while (pinned.find()) {
            Path from = places.repository().resolve(jar(pinned.group(1), pinned.group(2), pinned.group(3)));
            Files.copy(from, lib.resolve(from.getFileName()));
        }
        Files.copy(kit, lib.resolve(kit.getFileName()));
        Files.copy(places.workspace().resolve("hv.lab/generated/hv.lab.jar"), tests.resolve("lab.jar"));
        for (String project : places.testProjects()) {
            Path classes = places.workspace().resolve(project).resolve("bin_test");
            if (Files.isDirectory(classes)) {
                DiskTree.copy(classes, parent(tests.resolve("classes").resolve(project)));
            }
        }
        stamp.put(tests);
    }

    private static Path parent(Path folder) throws IOException {
        Files.createDirectories(folder.getParent());
        return folder;
    }

    private static String jar(String group, String artifact, String version) {
        return "%s/%s/%s/%s-%s.jar".formatted(group.replace('.', '/'), artifact, version, artifact, version);
    }
}
