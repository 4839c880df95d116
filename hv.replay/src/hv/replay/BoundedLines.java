package hv.replay;

import java.io.BufferedReader;
import java.io.Closeable;
import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Lines of a UTF-8 file, none longer than {@value #MAX_CHARS} characters, however large the file. One thread. */
final class BoundedLines implements Closeable {
    static final int MAX_CHARS = 1 << 20;

    private final Reader reader;

    BoundedLines(Path file) throws IOException {
        BufferedReader buffered = Files.newBufferedReader(file, StandardCharsets.UTF_8);
        this.reader = buffered;
    }

    /**
     * The next line without its end, or empty after the last.
     *
     * @throws BadLineException if it is too long
     * @throws IOException if it cannot be read or is not UTF-8
     */
    Optional<String> next() throws IOException, BadLineException {
        int c = reader.read();
        if (c < 0) {
            return Optional.empty();
        }
        StringBuilder line = new StringBuilder();
        while (c >= 0 && c != '\n') {
            if (line.length() == MAX_CHARS) {
                throw new BadLineException("the line is longer than " + MAX_CHARS + " characters");
            }
            line.append((char) c);
            c = reader.read();
        }
        return Optional.of(line.toString());
    }

    @Override
    public void close() throws IOException {
        reader.close();
    }
}
