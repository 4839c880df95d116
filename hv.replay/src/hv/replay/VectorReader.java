package hv.replay;

import java.io.Closeable;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Reads a file of recorded operations, line by line: JSON Lines, the first line the header. Whatever is in the file
 * ends in an operation or in a {@link VectorFormatException} that names the place. One thread.
 */
final class VectorReader implements Closeable {
    private final Path file;
    private final BoundedLines lines;
    private final VectorHeader header;
    private final OperationParser parser;
    private int line;

    /**
     * Opens a file and reads its header.
     *
     * @throws VectorFormatException if that cannot be done
     */
    VectorReader(Path file) throws VectorFormatException {
        this.file = file;
        this.lines = open(file);
        try {
            this.header = header();
        } catch (VectorFormatException e) {
            close();
            throw e;
        }
        this.parser = new OperationParser(header);
    }

    private static BoundedLines open(Path file) throws VectorFormatException {
        try {
            return new BoundedLines(file);
        } catch (NoSuchFileException e) {
            throw new VectorFormatException(file, 0, "there is no such file");
        } catch (AccessDeniedException e) {
            throw new VectorFormatException(file, 0, "it may not be read");
        } catch (IOException e) {
            throw new VectorFormatException(file, 0, "it cannot be read: " + why(e));
        }
    }

    /** Without the name of the file, which stands in front. */
    static String why(IOException e) {
        if (e instanceof AccessDeniedException) {
            return "this user may not read it";
        }
        String reason = e instanceof FileSystemException about ? about.getReason() : e.getMessage();
        return reason == null ? "the system does not say why" : reason;
    }

    private VectorHeader header() throws VectorFormatException {
        String first = nextLine().orElseThrow(() -> new VectorFormatException(file, 0, "it is empty"));
        try {
            return VectorHeader.of(Fields.parse(first));
        } catch (BadLineException e) {
            throw new VectorFormatException(file, line, e.getMessage());
        }
    }

    /** What the first line says. */
    VectorHeader announced() {
        return header;
    }

    /** Number of the line that {@link #next} gave last, from 1. */
    int line() {
        return line;
    }

    /**
     * The next operation, or empty after the last. Empty lines are passed over.
     *
     * @throws VectorFormatException if the line is malformed
     */
    Optional<Operation> next() throws VectorFormatException {
        Optional<String> text = nextLine();
        while (text.isPresent() && text.get().isBlank()) {
            text = nextLine();
        }
        if (text.isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(parser.operation(text.get()));
        } catch (BadLineException e) {
            throw new VectorFormatException(file, line, e.getMessage());
        }
    }

    private Optional<String> nextLine() throws VectorFormatException {
        line++;
        try {
            return lines.next();
        } catch (BadLineException e) {
            throw new VectorFormatException(file, line, e.getMessage());
        } catch (CharacterCodingException e) {
            throw new VectorFormatException(file, line, "not UTF-8 text");
        } catch (IOException e) {
            throw new VectorFormatException(file, line, "it cannot be read: " + why(e));
        }
    }

    @Override
    public void close() {
        try {
            lines.close();
        } catch (IOException e) {
            System.getLogger("hv.replay").log(System.Logger.Level.DEBUG, "closing " + file, e);
        }
    }
}
