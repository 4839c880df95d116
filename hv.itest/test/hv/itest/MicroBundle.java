package hv.itest;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Set;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;

/** A bundle that is a manifest only: a node of the Requires graph. */
final class MicroBundle {
    private MicroBundle() {}

    /** The jar of a bundle that offers {@code id} and requires others. */
    static byte[] jar(String id, Set<String> requires) throws IOException {
        Manifest manifest = new Manifest();
        Attributes main = manifest.getMainAttributes();
        main.put(Attributes.Name.MANIFEST_VERSION, "1.0");
        main.putValue("Bundle-ManifestVersion", "2");
        main.putValue("Bundle-SymbolicName", "micro." + id);
        main.putValue("Provide-Capability", "hv.enlightenment;hv.enlightenment=" + id);
        if (!requires.isEmpty()) {
            main.putValue(
                    "Require-Capability",
                    String.join(
                            ",",
                            requires.stream()
                                    .map(other -> "hv.enlightenment;filter:=\"(hv.enlightenment=" + other + ")\"")
                                    .toList()));
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        new JarOutputStream(bytes, manifest).close();
        return bytes.toByteArray();
    }

    static InputStream stream(String id, String... requires) throws IOException {
        return new ByteArrayInputStream(jar(id, Set.of(requires)));
    }
}
