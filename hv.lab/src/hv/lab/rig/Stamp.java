package hv.lab.rig;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.stream.Stream;

/**
 * What something was made of: names, sizes and times of files, and words. A file with the same stamp beside it need not
 * be made again.
 */
final class Stamp {
    private final StringBuilder parts = new StringBuilder();

    /** A word. */
    Stamp with(String word) {
        parts.append(word).append('\n');
        return this;
    }

    /** A file, or a folder with all files in it; one that is not there counts as that. */
    Stamp with(Path path) throws IOException {
        if (!Files.exists(path)) {
            return with(path + " is not there");
        }
        try (Stream<Path> files = Files.walk(path)) {
            for (Path file : files.sorted().toList()) {
                if (Files.isRegularFile(file)) {
                    with("%s %d %s".formatted(file, Files.size(file), Files.getLastModifiedTime(file)));
                }
            }
        }
        return this;
    }

    /** Whether {@code made} is there and was made of the same. */
    boolean isOn(Path made) throws IOException {
        Path file = beside(made);
        return Files.exists(made)
                && Files.exists(file)
                && Files.readString(file).equals(digest());
    }

    /** Says that {@code made} is made of this. */
    void put(Path made) throws IOException {
        Files.writeString(beside(made), digest());
    }

    private static Path beside(Path made) {
        return made.resolveSibling(made.getFileName() + ".stamp");
    }

    private String digest() {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256")
                            .digest(parts.toString().getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
