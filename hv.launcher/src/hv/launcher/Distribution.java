package hv.launcher;

import java.io.File;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The folder that {@link Assemble} makes: {@code hv.jar}, {@code lib/}, and the bundles in {@code bundles/} and
 * {@code console/}. What is in the two folders is what is deployed: drop a jar in, and it is.
 *
 * @param root the folder
 */
public record Distribution(Path root) {
    static final String BUNDLES = "bundles";
    static final String CONSOLE = "console";

    /** A file with the names of the jars whose content is in {@code tools.jar}. */
    static final String JARS = "jars";

    /**
     * The folder of the jar that this process was told to start, as {@code java -jar FOLDER/hv.jar}, or the first of
     * several. The class path
     * says so; where the classes say they come from is what a class cache remembers of the folder that it was made in.
     */
    static Distribution ofThisProcess() {
        String[] jars = System.getProperty("java.class.path").split(File.pathSeparator, 2);
        return new Distribution(Path.of(jars[0]).toAbsolutePath().getParent());
    }

    /** The bundles every job needs, by name of the file. */
    List<Path> bundles() throws IOException {
        return jars(BUNDLES);
    }

    /** What the console needs besides. */
    List<Path> consoleBundles() throws IOException {
        return jars(CONSOLE);
    }

    /** All jars that can be installed, by their names below the folder. */
    List<String> deployed() throws IOException {
        List<String> names = new ArrayList<>();
        for (List<Path> folder : List.of(bundles(), consoleBundles())) {
            for (Path jar : folder) {
                names.add(root.relativize(jar).toString());
            }
        }
        return names;
    }

    /** The same without those that the program has anyway. */
    List<String> behindProgram() throws IOException {
        List<String> names = new ArrayList<>(deployed());
        names.removeIf(name ->
                Files.exists(root.resolve("lib").resolve(root.resolve(name).getFileName()))
                        || name.endsWith("/hv.launcher.jar"));
        return names;
    }

    /** Whether exactly that is deployed which was assembled: nobody has put in a jar, or taken one out. */
    boolean isAsAssembled() throws IOException {
        Path jars = root.resolve(JARS);
        return Files.isRegularFile(jars) && Files.readAllLines(jars).equals(behindProgram());
    }

    private List<Path> jars(String folder) throws IOException {
        List<Path> jars = new ArrayList<>();
        Path path = root.resolve(folder);
        if (!Files.isDirectory(path)) {
            throw new IOException(path + " is missing: the distribution is incomplete");
        }
        try (DirectoryStream<Path> found = Files.newDirectoryStream(path, "*.jar")) {
            found.forEach(jars::add);
        }
        jars.sort(null);
        return jars;
    }
}
