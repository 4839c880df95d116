package hv.launcher;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is shipped is compared with its checksum while it is copied. */
class ChecksumsTest {
    private static final String JAR = "a/b/1/b-1.jar";
    private static final byte[] CONTENTS = "abc".getBytes(StandardCharsets.US_ASCII);

    /** FIPS 180-2, example B.1. */
    private static final String SHA_256 = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

    @TempDir
    Path repository;

    private Checksums checksums;

    @BeforeEach
    void list() throws IOException {
        Files.createDirectories(repository.resolve(JAR).getParent());
        Files.write(repository.resolve(JAR), CONTENTS);
        checksums = Checksums.read(Files.writeString(repository.resolve("list"), SHA_256 + "  " + JAR + "\n"));
    }

    @Test
    @DisplayName("A file with the checksum that is listed is taken as it is")
    void genuine() throws IOException {
        assertArrayEquals(CONTENTS, checksums.read(repository, JAR));
    }

    @Test
    @DisplayName("A file that was changed by one byte is refused, in one line that names it and says what to do")
    void changed() throws IOException {
        Path jar = Files.writeString(repository.resolve(JAR), "abd");
        IOException refused = assertThrows(IOException.class, () -> checksums.read(repository, JAR));
        assertEquals(
                jar
                        + " is not what the project was made with: its checksum differs from the one in .mvn/checksums; remove it, so that it is fetched anew",
                refused.getMessage());
    }

    @Test
    @DisplayName("A file that is not listed is refused, whatever is in it")
    void unlisted() throws IOException {
        Files.write(repository.resolve("other.jar"), CONTENTS);
        IOException refused = assertThrows(IOException.class, () -> checksums.read(repository, "other.jar"));
        assertEquals(
                "other.jar has no checksum in .mvn/checksums; ./hv checksums lists what the build fetches",
                refused.getMessage());
    }
}
