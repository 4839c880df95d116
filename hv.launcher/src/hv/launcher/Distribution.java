package hv.launcher;

import java.io.IOException;
import java.net.URISyntaxException;
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

    /** The folder that the launcher's jar was started from. */
    static Distribution ofThisJar() throws IOException {
        try {
            Path jar = Path.of(Distribution.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
            return new Distribution(jar.toAbsolutePath().getParent());
        } catch (URISyntaxException e) {
            throw new IOException(e);
        }
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
