package hv.containers;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarInputStream;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What {@code ./hv dist} writes, written by the same program, and where other people's containers are. */
final class Delivered {
    private static final Path WORKSPACE = Path.of("").toAbsolutePath().getParent();
    private static final Pattern BUNDLE = Pattern.compile(">mvn:([^/<]+)/([^/<]+)/([^/<]+)<");
    private static final Pattern FEATURE =
            Pattern.compile("<feature name=\"([^\"]+)\" version=\"([^\"]+)\".*?>(.*?)\n  </feature>", Pattern.DOTALL);

    /** What {@link hv.dist} has on its class path. */
    private static final List<String> LIBRARIES = List.of(
            "biz/aQute/bnd/biz.aQute.bndlib/7.2.3/biz.aQute.bndlib-7.2.3.jar",
            "biz/aQute/bnd/biz.aQute.bnd.util/7.2.3/biz.aQute.bnd.util-7.2.3.jar",
            "com/fasterxml/jackson/core/jackson-core/2.22.4/jackson-core-2.22.4.jar",
            "org/osgi/osgi.core/8.0.0/osgi.core-8.0.0.jar",
            "org/osgi/org.osgi.service.repository/1.1.0/org.osgi.service.repository-1.1.0.jar",
            "org/osgi/org.osgi.util.function/1.2.0/org.osgi.util.function-1.2.0.jar",
            "org/osgi/org.osgi.util.promise/1.3.0/org.osgi.util.promise-1.3.0.jar",
            "org/slf4j/slf4j-api/2.0.19/slf4j-api-2.0.19.jar");

    private final Path folder;
    private final String features;
    private final String version;

    private Delivered(Path folder) throws IOException {
        this.folder = folder;
        try (Stream<Path> files = Files.walk(folder.resolve("maven/hv/hv.features"))) {
            Path file = files.filter(each -> each.toString().endsWith("-features.xml"))
                    .findFirst()
                    .orElseThrow();
            features = Files.readString(file);
            version = file.getParent().getFileName().toString();
        }
    }

    /** Writes it into an empty folder; without Javadoc, which nobody starts. */
    static Delivered write(Path folder) throws IOException, InterruptedException {
        StringBuilder classPath = new StringBuilder(built("hv.dist").toString());
        LIBRARIES.forEach(each -> classPath.append(':').append(repository().resolve(each)));
        java(
                classPath.toString(),
                "hv.dist.Dist",
                WORKSPACE.toString(),
                repository().toString(),
                folder.toString(),
                "without-javadoc");
        return new Delivered(folder);
    }

    private static void java(String classPath, String... words) throws IOException, InterruptedException {
        List<String> command =
                new ArrayList<>(List.of(Javas.current() + "/bin/java", "-XX:+UseSerialGC", "-cp", classPath));
        command.addAll(List.of(words));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes());
        if (process.waitFor() != 0) {
            throw new IOException(said);
        }
    }

    /** The program, as in the archives. */
    Path program(Path target) throws IOException, InterruptedException {
        Path stage = folder.resolve("stage");
        for (String needed : List.of(
                "cnf/dependencies.xml",
                ".mvn/checksums/checksums.sha256",
                "hv.launcher/jail/jail.sh",
                "hv.launcher/jail/calls.txt")) {
            Files.createDirectories(stage.resolve(needed).getParent());
            Files.copy(WORKSPACE.resolve(needed), stage.resolve(needed));
        }
        java(
                built("hv.launcher").toString(),
                "hv.launcher.Assemble",
                stage.toString(),
                repository().toString(),
                target.toString());
        return target;
    }

    /** A project of the workspace, built. */
    static Path built(String project) {
        return WORKSPACE.resolve(project).resolve("generated").resolve(project + ".jar");
    }

    private static Path repository() {
        String told = System.getProperty("localRepository");
        return told != null ? Path.of(told) : Path.of(System.getProperty("user.home"), ".m2", "repository");
    }

    /** Something of the local repository, which may not be there. */
    static Path fetched(String file) {
        return repository().resolve(file);
    }

    Path maven() {
        return folder.resolve("maven");
    }

    String version() {
        return version;
    }

    /** The jars of some of Karaf's features, which say as well for other containers what belongs together. */
    List<Path> bundles(List<String> names) {
        List<Path> jars = new ArrayList<>();
        Matcher feature = FEATURE.matcher(features);
        while (feature.find()) {
            Matcher bundle = BUNDLE.matcher(feature.group(3));
            while (names.contains(feature.group(1)) && bundle.find()) {
                Path jar = maven().resolve(Path.of(
                        bundle.group(1).replace('.', '/'),
                        bundle.group(2),
                        bundle.group(3),
                        bundle.group(2) + "-" + bundle.group(3) + ".jar"));
                if (!jars.contains(jar)) {
                    jars.add(jar);
                }
            }
        }
        return jars;
    }

    /** A copy of hv.time as version 0.1.1. */
    Path newerTime() throws IOException {
        Path newer = folder.resolve("hv.time-0.1.1.jar");
        Path jar = bundles(List.of("hv")).stream()
                .filter(each -> each.getFileName().toString().startsWith("hv.time-"))
                .findFirst()
                .orElseThrow();
        try (JarInputStream from = new JarInputStream(Files.newInputStream(jar))) {
            Manifest manifest = new Manifest(from.getManifest());
            manifest.getMainAttributes().putValue("Bundle-Version", "0.1.1");
            try (JarOutputStream to = new JarOutputStream(Files.newOutputStream(newer), manifest)) {
                for (JarEntry entry = from.getNextJarEntry(); entry != null; entry = from.getNextJarEntry()) {
                    to.putNextEntry(new JarEntry(entry.getName()));
                    from.transferTo(to);
                }
            }
        }
        return newer;
    }
}
