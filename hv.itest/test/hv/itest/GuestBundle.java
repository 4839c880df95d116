package hv.itest;

import hv.itest.inside.GuestActivator;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.function.Function;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarInputStream;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import org.osgi.framework.BundleContext;
import org.osgi.framework.InvalidSyntaxException;

/** The bundle of {@link GuestActivator}, and newer versions of shipped ones. */
final class GuestBundle {
    private GuestBundle() {}

    static InputStream stream() throws IOException {
        Manifest manifest = new Manifest();
        Attributes main = manifest.getMainAttributes();
        main.put(Attributes.Name.MANIFEST_VERSION, "1.0");
        main.putValue("Bundle-ManifestVersion", "2");
        main.putValue("Bundle-SymbolicName", "guest.of.test");
        main.putValue("Bundle-Activator", GuestActivator.class.getName());
        main.putValue("Import-Package", "hv.api,hv.api.dto,hv.api.host,hv.hosted,org.osgi.framework");
        String file = GuestActivator.class.getName().replace('.', '/') + ".class";
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JarOutputStream jar = new JarOutputStream(bytes, manifest);
                InputStream type = GuestActivator.class.getClassLoader().getResourceAsStream(file)) {
            jar.putNextEntry(new JarEntry(file));
            type.transferTo(jar);
        }
        return new ByteArrayInputStream(bytes.toByteArray());
    }

    /** Asks the guest. */
    @SuppressWarnings("unchecked")
    static Object ask(BundleContext context, String question) throws InvalidSyntaxException {
        var service = context.getServiceReferences(Function.class, "(guest=of test)")
                .iterator()
                .next();
        return ((Function<String, Object>) context.getService(service)).apply(question);
    }

    /** The jar of a shipped bundle under another version: the same classes, loaded anew. */
    static InputStream version(String name, String version) throws IOException {
        Path jar = Shipped.distribution().root().resolve("bundles/" + name + ".jar");
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JarInputStream from = new JarInputStream(java.nio.file.Files.newInputStream(jar))) {
            Manifest manifest = new Manifest(from.getManifest());
            manifest.getMainAttributes().putValue("Bundle-Version", version);
            manifest.getMainAttributes().putValue("Implementation-Version", version);
            try (JarOutputStream to = new JarOutputStream(bytes, manifest)) {
                for (JarEntry entry = from.getNextJarEntry(); entry != null; entry = from.getNextJarEntry()) {
                    to.putNextEntry(new JarEntry(entry.getName()));
                    from.transferTo(to);
                }
            }
        }
        return new ByteArrayInputStream(bytes.toByteArray());
    }
}
