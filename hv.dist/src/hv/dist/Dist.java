package hv.dist;

import aQute.bnd.osgi.repository.SimpleIndexer;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Writes a folder to install hv from: {@code maven}, a Maven repository, with Karaf's features, POMs, sources and
 * Javadoc; {@code index.xml}, OSGi's index of it; the bill of materials; and {@code stage}, the released bundles as a
 * workspace, of which {@code ./hv dist} makes the program's archives.
 *
 * <p>Arguments: the workspace, all of it built; the local Maven repository; the folder, which is empty; and
 * {@value #WITHOUT_JAVADOC} for who wants to have it soon.
 */
public final class Dist {
    private static final String WITHOUT_JAVADOC = "without-javadoc";

    private final Workspace workspace;
    private final Path repository;
    private final Path target;
    private final Path maven;
    private final Jars jars;
    private final boolean hasJavadoc;
    private final List<Published> own = new ArrayList<>();

    private Dist(Workspace workspace, Path repository, Path target, boolean hasJavadoc) {
        this.hasJavadoc = hasJavadoc;
        this.workspace = workspace;
        this.repository = repository;
        this.target = target;
        this.maven = target.resolve("maven");
        this.jars = new Jars(workspace.root());
    }

    /** The program. */
    public static void main(String[] args) {
        try {
            Path repository = Path.of(args[1]);
            boolean hasJavadoc = !List.of(args).contains(WITHOUT_JAVADOC);
            new Dist(new Workspace(Path.of(args[0]), repository), repository, Path.of(args[2]), hasJavadoc).write();
        } catch (Throwable e) {
            System.err.println("hv: " + e);
            System.exit(1);
        }
    }

    private void write() throws Exception {
        List<Published> thirdParty = workspace.thirdParty();
        List<String> names = workspace.shippedLibraries();
        List<Published> libraries = thirdParty.stream()
                .filter(each -> names.contains(each.artifact().id()))
                .toList();
        stage();
        publish(new Documents(workspace, jars, thirdParty));
        List<Published> known = new ArrayList<>(own);
        known.addAll(thirdParty);
        Dependencies dependencies = new Dependencies(known);
        for (Published each : own) {
            put(each.artifact(), ".pom", Pom.of(each, dependencies.of(each)));
        }
        for (Published each : libraries) {
            for (String suffix : List.of(".jar", ".pom")) {
                Path file = each.artifact().file(suffix);
                Files.createDirectories(maven.resolve(file).getParent());
                Files.copy(repository.resolve(file), maven.resolve(file));
            }
        }
        String version = own.get(0).artifact().version();
        Artifact all = Artifact.own("hv.bom", version);
        put(all, ".pom", Pom.ofAll(all, own));
        List<Published> installable = new ArrayList<>(own);
        installable.addAll(libraries);
        new Bill(all, installable, dependencies).write(maven.resolve(all.file("-cyclonedx.json")));
        Artifact features = Artifact.own("hv.features", version);
        put(features, ".pom", Pom.alone(features, "Karaf's features of hv"));
        put(features, "-features.xml", new Features(known, dependencies, version).text());
        index(installable);
        Checksum.beside(maven);
    }

    /** All that the program ships, as of a release, where the program's assembly looks for what was built. */
    private void stage() throws Exception {
        Path stage = target.resolve("stage");
        for (String project : workspace.shipped()) {
            Path built = workspace.built(project);
            jars.release(built, stage.resolve(workspace.root().relativize(built)));
            Files.copy(
                    workspace.root().resolve(project).resolve("bnd.bnd"),
                    stage.resolve(project).resolve("bnd.bnd"));
        }
    }

    private void publish(Documents documents) throws Exception {
        for (String project : workspace.published()) {
            Path scratch = target.resolve("scratch").resolve(project);
            Path released = scratch.resolve("released.jar");
            Artifact artifact = Artifact.own(project, jars.release(workspace.built(project), released));
            Path jar = maven.resolve(artifact.file(".jar"));
            Files.createDirectories(jar.getParent());
            Files.move(released, jar);
            documents.sources(project, maven.resolve(artifact.file("-sources.jar")));
            if (hasJavadoc) {
                documents.javadoc(project, scratch, maven.resolve(artifact.file("-javadoc.jar")));
            }
            own.add(new Published(artifact, jar, Workspace.headers(jar)));
        }
    }

    private void put(Artifact artifact, String suffix, String text) throws IOException {
        Path file = maven.resolve(artifact.file(suffix));
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    private void index(List<Published> installable) throws IOException {
        List<File> files = installable.stream()
                .map(each -> maven.resolve(each.artifact().file(".jar")).toFile())
                .toList();
        new SimpleIndexer()
                .files(files)
                .base(target.toUri())
                .name("hv")
                .increment(1)
                .index(target.resolve("index.xml").toFile());
    }
}
