package hv.lab.rig;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarInputStream;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;

/** Bundles of what lives on VMBus under a higher version: the same classes, for an update. */
final class NewerBundles {
    private static final String VERSION = "0.1.1";
    private static final List<String> NAMES = List.of("heartbeat", "timesync", "shutdown", "kvp", "vss", "keyboard");

    private NewerBundles() {}

    /** Writes {@code hv.NAME.jar} of each that is in {@code bundles} to {@code target}, which is made anew. */
    static void make(Path bundles, Path target) throws IOException {
        Packages.delete(target);
        Files.createDirectories(target);
        for (String name : NAMES) {
            Path jar = bundles.resolve("hv." + name + ".jar");
            if (Files.exists(jar)) {
                write(jar, target.resolve(jar.getFileName()));
            }
        }
    }

    private static void write(Path jar, Path newer) throws IOException {
        try (JarInputStream from = new JarInputStream(Files.newInputStream(jar))) {
            Manifest manifest = new Manifest(from.getManifest());
            manifest.getMainAttributes().putValue("Bundle-Version", VERSION);
            manifest.getMainAttributes().putValue("Implementation-Version", VERSION);
            try (JarOutputStream to = new JarOutputStream(Files.newOutputStream(newer), manifest)) {
                for (JarEntry entry = from.getNextJarEntry(); entry != null; entry = from.getNextJarEntry()) {
                    to.putNextEntry(new JarEntry(entry.getName()));
                    from.transferTo(to);
                }
            }
        }
    }
}
