package hv.launcher;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;

/**
 * Many jars in one, for a class path: a start need open no more than that. Nothing in it is compressed. Of files that
 * several jars have the first one counts, but lists of services are joined; each package keeps the version of the jar
 * that it comes from. One thread.
 */
final class OneJar {
    private static final String SERVICES = "META-INF/services/";

    private final Map<String, byte[]> files = new TreeMap<>();
    private final Manifest manifest = new Manifest();

    private OneJar() {
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
    }

    /**
     * Writes {@code target} from these.
     *
     * @param more other files, by name
     */
    static void write(Path target, List<Path> jars, Map<String, byte[]> more) throws IOException {
        OneJar all = new OneJar();
        all.files.putAll(more);
        for (Path jar : jars) {
            all.add(jar);
        }
        all.write(target);
    }

    private void add(Path path) throws IOException {
        try (JarFile jar = new JarFile(path.toFile())) {
            String version = jar.getManifest().getMainAttributes().getValue(Attributes.Name.IMPLEMENTATION_VERSION);
            for (JarEntry entry : Collections.list(jar.entries())) {
                String name = entry.getName();
                if (!entry.isDirectory() && !name.equals(JarFile.MANIFEST_NAME) && !name.equals("module-info.class")) {
                    try (InputStream in = jar.getInputStream(entry)) {
                        add(name, in.readAllBytes());
                    }
                    if (version != null && name.endsWith(".class")) {
                        packageOf(name).put(Attributes.Name.IMPLEMENTATION_VERSION, version);
                    }
                }
            }
        }
    }

    private void add(String name, byte[] bytes) {
        files.merge(name, bytes, (first, second) -> name.startsWith(SERVICES) ? joined(first, second) : first);
    }

    private static byte[] joined(byte[] first, byte[] second) {
        ByteArrayOutputStream lines = new ByteArrayOutputStream();
        lines.writeBytes(first);
        lines.writeBytes("\n".getBytes(StandardCharsets.US_ASCII));
        lines.writeBytes(second);
        return lines.toByteArray();
    }

    private Attributes packageOf(String name) {
        return manifest.getEntries()
                .computeIfAbsent(name.substring(0, name.lastIndexOf('/') + 1), folder -> new Attributes());
    }

    private void write(Path target) throws IOException {
        try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(target), manifest)) {
            for (Map.Entry<String, byte[]> file : files.entrySet()) {
                ZipEntry entry = new ZipEntry(file.getKey());
                CRC32 sum = new CRC32();
                sum.update(file.getValue());
                entry.setMethod(ZipEntry.STORED);
                entry.setSize(file.getValue().length);
                entry.setCrc(sum.getValue());
                entry.setTime(0);
                out.putNextEntry(entry);
                out.write(file.getValue());
                out.closeEntry();
            }
        }
    }
}
