package hv.launcher;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;

/**
 * The list of files that the project was made with: a line each, with SHA-256 and the path in a Maven repository, as
 * {@code sha256sum} and Maven's own check read it. Immutable.
 */
final class Checksums {
    private final Map<String, String> byPath;

    private Checksums(Map<String, String> byPath) {
        this.byPath = byPath;
    }

    /** Reads a list. */
    static Checksums read(Path list) throws IOException {
        Map<String, String> byPath = new HashMap<>();
        for (String line : Files.readAllLines(list)) {
            String[] words = line.split(" [ *]", 2);
            if (words.length == 2) {
                byPath.put(words[1], words[0]);
            }
        }
        return new Checksums(byPath);
    }

    /**
     * The contents of a file of a repository: what was compared is what is returned.
     *
     * @param path relative to the repository
     * @throws IOException with one line that names the file, if it is not the one that is listed, or none is
     */
    byte[] read(Path repository, String path) throws IOException {
        Path file = repository.resolve(path);
        String listed = byPath.get(path);
        if (listed == null) {
            throw new IOException(
                    path + " has no checksum in .mvn/checksums; ./hv checksums lists what the build fetches");
        }
        byte[] contents = Files.readAllBytes(file);
        if (!listed.equals(HexFormat.of().formatHex(sha256(contents)))) {
            throw new IOException(
                    file
                            + " is not what the project was made with: its checksum differs from the one in .mvn/checksums; remove it, so that it is fetched anew");
        }
        return contents;
    }

    private static byte[] sha256(byte[] contents) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(contents);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
