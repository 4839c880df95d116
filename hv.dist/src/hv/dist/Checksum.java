package hv.dist;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** Checksums of files, in the way of Maven repositories. */
final class Checksum {
    private static final List<String> ALGORITHMS = List.of("SHA-1", "SHA-256");

    private Checksum() {}

    static String of(String algorithm, Path file) throws IOException {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance(algorithm).digest(Files.readAllBytes(file)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Writes those of each file beside it. */
    static void beside(Path folder) throws IOException {
        List<Path> files;
        try (Stream<Path> all = Files.walk(folder)) {
            files = all.filter(Files::isRegularFile).toList();
        }
        for (Path file : files) {
            for (String algorithm : ALGORITHMS) {
                String ending = "." + algorithm.toLowerCase(Locale.ROOT).replace("-", "");
                Files.writeString(file.resolveSibling(file.getFileName() + ending), of(algorithm, file));
            }
        }
    }
}
