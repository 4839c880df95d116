package hv.launcher;

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

    /**
     * The folder of the jar that this process was told to start, as {@code java -jar FOLDER/hv.jar}. The class path
     * says so; where the classes say they come from is what a class cache remembers of the folder that it was made in.
     */
    static Distribution ofThisProcess() {
        String jar = System.getProperty("java.class.path");
        return new Distribution(Path.of(jar).toAbsolutePath().getParent());
    }

    /** The bundles every job needs, by name of the file. */
    List<Path> bundles() throws IOException {
        return jars(BUNDLES);
    }

    /** What the console needs besides. */
    List<Path> consoleBundles() throws IOException {
        return jars(CONSOLE);
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
