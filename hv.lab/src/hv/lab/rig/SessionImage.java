package hv.lab.rig;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A session's folder with its initial RAM disk: a small archive with the session's own files, then level 1's. The
 * kernel unpacks both; the compressed one must be the last, because only at its end nothing has to be aligned.
 */
public final class SessionImage {
    private SessionImage() {}

    /**
     * Makes the folder anew.
     *
     * @param inside folder with {@code *.sh} and {@code scenarios/*.sh}, which all go to {@code /lab}
     * @param settings what the scripts read first
     */
    public static Path write(Rig rig, String name, Path inside, String settings) throws IOException {
        Path folder = rig.sessions().resolve(name);
        Packages.delete(folder);
        Files.createDirectories(folder);
        Map<String, byte[]> files = new LinkedHashMap<>();
        scripts(inside, files);
        scripts(inside.resolve("scenarios"), files);
        files.put("settings", settings.getBytes(StandardCharsets.UTF_8));
        Path initrd = folder.resolve("initrd");
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(initrd))) {
            BootImage.writeSession(out, files);
        }
        try (OutputStream out = Files.newOutputStream(initrd, StandardOpenOption.APPEND)) {
            Files.copy(rig.outer(), out);
        }
        return folder;
    }

    /** Removes what sessions before have left. */
    public static void discardAll(Rig rig) throws IOException {
        Packages.delete(rig.sessions());
    }

    /** Leaves what can be read. */
    public static void discardImages(Path folder) throws IOException {
        Files.deleteIfExists(folder.resolve("initrd"));
        Files.deleteIfExists(folder.resolve("beat"));
    }

    private static void scripts(Path folder, Map<String, byte[]> files) throws IOException {
        try (Stream<Path> list = Files.list(folder)) {
            for (Path file : list.sorted().toList()) {
                if (file.toString().endsWith(".sh")) {
                    files.put(file.getFileName().toString(), Files.readAllBytes(file));
                }
            }
        }
    }
}
