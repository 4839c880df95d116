package hv.soak;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.jar.JarEntry;
import java.util.jar.JarInputStream;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import org.osgi.framework.Bundle;
import org.osgi.framework.Constants;

/**
 * Newer versions of a shipped bundle, made of its own jar: the same classes under another version, so that a framework
 * loads them anew. One thread.
 */
final class NewVersion {
    private static final String REFERENCE = "reference:";

    private final byte[] jar;
    private final String symbolicName;

    /** Reads the jar of an installed bundle. */
    NewVersion(Bundle shipped) {
        symbolicName = shipped.getSymbolicName();
        String location = shipped.getLocation();
        String uri = location.startsWith(REFERENCE) ? location.substring(REFERENCE.length()) : location;
        try {
            jar = Files.readAllBytes(Path.of(URI.create(uri)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    String symbolicName() {
        return symbolicName;
    }

    /** The bundle as version 0.1.{@code micro}. */
    InputStream of(int micro) {
        ByteArrayOutputStream copy = new ByteArrayOutputStream();
        try (JarInputStream from = new JarInputStream(new ByteArrayInputStream(jar))) {
            Manifest manifest = new Manifest(from.getManifest());
            manifest.getMainAttributes().putValue(Constants.BUNDLE_VERSION, "0.1." + micro);
            try (JarOutputStream to = new JarOutputStream(copy, manifest)) {
                to.setLevel(0);
                for (JarEntry entry = from.getNextJarEntry(); entry != null; entry = from.getNextJarEntry()) {
                    to.putNextEntry(new JarEntry(entry.getName()));
                    from.transferTo(to);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new ByteArrayInputStream(copy.toByteArray());
    }
}
