package hv.dist;

import aQute.bnd.osgi.Domain;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarFile;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What there is to publish: the projects of the workspace, built, and third-party bundles, fetched. */
final class Workspace {
    /** The program, and no bundle for others' containers. */
    static final String LAUNCHER = "hv.launcher";

    private static final String UNSHIPPED = "shipped: false";
    private static final String PUBLISHED = "published: true";
    private static final Pattern DEPENDENCY =
            Pattern.compile("<groupId>([^<]+)</groupId><artifactId>([^<]+)</artifactId><version>([^<]+)</version>");

    private final Path root;
    private final Path repository;

    Workspace(Path root, Path repository) {
        this.root = root;
        this.repository = repository;
    }

    Path root() {
        return root;
    }

    /** Every project that the program ships. */
    List<String> shipped() throws IOException {
        return projects().filter(project -> !says(project, UNSHIPPED)).toList();
    }

    /** Every project that others may use: what is shipped but for the program itself, and what says so. */
    List<String> published() throws IOException {
        return projects()
                .filter(project -> says(project, PUBLISHED) || !says(project, UNSHIPPED) && !project.equals(LAUNCHER))
                .toList();
    }

    private Stream<String> projects() throws IOException {
        try (Stream<Path> folders = Files.list(root)) {
            return folders
                    .filter(folder -> Files.isRegularFile(folder.resolve("bnd.bnd")))
                    .map(folder -> folder.getFileName().toString())
                    .filter(name -> name.startsWith("hv."))
                    .sorted()
                    .toList()
                    .stream();
        }
    }

    private boolean says(String project, String line) {
        try {
            return Files.readAllLines(root.resolve(project).resolve("bnd.bnd")).contains(line);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    Path built(String project) {
        return root.resolve(project).resolve("generated").resolve(project + ".jar");
    }

    Path sources(String project) {
        return root.resolve(project).resolve("src");
    }

    /** Every third-party jar that the build knows, in the order in which it is listed. */
    List<Published> thirdParty() throws IOException {
        List<Published> all = new ArrayList<>();
        Matcher entries = DEPENDENCY.matcher(Files.readString(root.resolve("cnf/dependencies.xml")));
        while (entries.find()) {
            Artifact artifact = new Artifact(entries.group(1), entries.group(2), entries.group(3));
            Path jar = repository.resolve(artifact.file(".jar"));
            all.add(new Published(artifact, jar, headers(jar)));
        }
        return all;
    }

    /** The names of third-party bundles that the program ships. */
    List<String> shippedLibraries() throws IOException {
        List<String> names = new ArrayList<>();
        try (JarFile launcher = new JarFile(built(LAUNCHER).toFile())) {
            for (String list : List.of("hv/launcher/bundles.txt", "hv/launcher/console.txt")) {
                String text = new String(
                        launcher.getInputStream(launcher.getEntry(list)).readAllBytes());
                for (String name : text.split(",")) {
                    if (!name.isBlank() && !name.startsWith("hv.")) {
                        names.add(name.strip());
                    }
                }
            }
        }
        return names;
    }

    static Domain headers(Path jar) throws IOException {
        Domain headers = Domain.domain(jar.toFile());
        if (headers == null) {
            throw new IOException(jar + " has no manifest");
        }
        return headers;
    }
}
