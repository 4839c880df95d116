package hv.launcher;

import hv.launcher.connect.Inventory;
import hv.launcher.jail.Jail;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Puts the built bundles into a folder that can be copied anywhere and started with {@code java -jar hv.jar}.
 *
 * <p>The build calls it with the workspace, the local Maven repository and the target folder. The target appears all
 * at once: who starts from it meanwhile sees the old one or the new one.
 */
public final class Assemble {
    private static final String UNSHIPPED = "shipped: false";

    /** What the program has on its class path. */
    private static final List<String> LIBRARIES =
            List.of("org.apache.felix.framework", "org.osgi.service.log", "hv.api", "hv.flags");

    private final Path workspace;
    private final Path repository;
    private final String dependencies;
    private final Checksums checksums;

    private Assemble(Path workspace, Path repository) throws IOException {
        this.workspace = workspace;
        this.repository = repository;
        this.dependencies = Files.readString(workspace.resolve("cnf/dependencies.xml"));
        this.checksums = Checksums.read(workspace.resolve(".mvn/checksums/checksums.sha256"));
    }

    /** Arguments: workspace, local Maven repository, target. */
    public static void main(String[] args) {
        try {
            assemble(Path.of(args[0]), Path.of(args[1]), Path.of(args[2]));
        } catch (IOException e) {
            System.err.println("hv: " + e.getMessage());
            System.exit(1);
        }
    }

    /**
     * Assembles.
     *
     * @param workspace folder with the projects, built
     * @param repository local Maven repository with the third-party bundles
     * @param target replaced by the new folder
     * @throws IOException if something that is shipped has not been built or fetched, or is not what was listed
     */
    public static void assemble(Path workspace, Path repository, Path target) throws IOException {
        Path fresh = target.resolveSibling(target.getFileName() + ".new");
        FolderRemoval.remove(fresh);
        Assemble assemble = new Assemble(workspace, repository);
        assemble.copy(LIBRARIES, fresh.resolve("lib"));
        assemble.copy(assemble.projects(), fresh.resolve(Distribution.BUNDLES));
        assemble.copy(names("bundles.txt"), fresh.resolve(Distribution.BUNDLES));
        assemble.copy(names("console.txt"), fresh.resolve(Distribution.CONSOLE));
        Files.copy(assemble.built("hv.launcher"), fresh.resolve("hv.jar"));
        Distribution made = new Distribution(fresh);
        List<String> behindProgram = made.behindProgram();
        Files.write(fresh.resolve(Distribution.JARS), behindProgram);
        OneJar.write(
                fresh.resolve("tools.jar"),
                behindProgram.stream().map(fresh::resolve).toList(),
                Map.of(Inventory.FILE, Inventory.of(fresh, made.deployed())));
        Jail.assemble(workspace.resolve("hv.launcher/jail"), fresh.resolve("jail"));
        FolderRemoval.remove(target);
        Files.move(fresh, target, StandardCopyOption.ATOMIC_MOVE);
    }

    /**
     * Every project of the workspace that does not say otherwise, so that a new enlightenment is shipped because it is
     * there.
     */
    private List<String> projects() throws IOException {
        List<String> console = names("console.txt");
        List<String> shipped = new ArrayList<>();
        try (DirectoryStream<Path> folders = Files.newDirectoryStream(workspace, "hv.*")) {
            for (Path folder : folders) {
                String name = workspace.relativize(folder).toString();
                if (!console.contains(name) && isShipped(folder.resolve("bnd.bnd"))) {
                    shipped.add(name);
                }
            }
        }
        Collections.sort(shipped);
        return shipped;
    }

    private static boolean isShipped(Path project) throws IOException {
        return Files.exists(project) && !Files.readAllLines(project).contains(UNSHIPPED);
    }

    private void copy(List<String> names, Path to) throws IOException {
        Files.createDirectories(to);
        for (String name : names) {
            Path jar = to.resolve(name + ".jar");
            if (name.startsWith("hv.")) {
                Files.copy(built(name), jar);
            } else {
                Files.write(jar, checksums.read(repository, fetched(name)));
            }
        }
    }

    private Path built(String project) {
        return workspace.resolve(project).resolve("generated").resolve(project + ".jar");
    }

    /** Where it lies in the local repository. */
    private String fetched(String artifact) throws IOException {
        Matcher entry = Pattern.compile("<groupId>([^<]+)</groupId><artifactId>" + Pattern.quote(artifact)
                        + "</artifactId><version>([^<]+)</version>")
                .matcher(dependencies);
        if (!entry.find()) {
            throw new IOException(artifact + " is shipped but not in cnf/dependencies.xml");
        }
        String version = entry.group(2);
        return entry.group(1).replace('.', '/') + "/" + artifact + "/" + version + "/" + artifact + "-" + version
                + ".jar";
    }

    private static List<String> names(String resource) throws IOException {
        try (InputStream in = Assemble.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IOException("no " + resource + " in the launcher's jar");
            }
            List<String> names = new ArrayList<>();
            for (String name : new String(in.readAllBytes(), StandardCharsets.UTF_8).split(",")) {
                if (!name.isBlank()) {
                    names.add(name.strip());
                }
            }
            return names;
        }
    }
}
