package hv.fuzz.file;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A file that holds one input after the other, for readers that take a path. One thread. */
final class ScratchFile {
    private final Path path;

    /** In the folder for temporary files, until the process ends. */
    ScratchFile() {
        try {
            path = Files.createTempFile("hv-fuzz-", ".input");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        path.toFile().deleteOnExit();
    }

    /** Fills it. */
    Path with(byte[] input) throws IOException {
        return Files.write(path, input);
    }
}
