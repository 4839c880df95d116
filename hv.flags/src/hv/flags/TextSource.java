package hv.flags;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/**
 * Where a text with flags comes from: an argument itself, {@code @FILE}, or {@code -} for standard input. Any thread.
 */
public final class TextSource {
    /** Longest text looked at, in bytes: far more than any domain has. */
    public static final int MAX_BYTES = 1 << 20;

    private static final int LONGEST_NAME = 4096;

    private TextSource() {}

    /** Whether an argument names a place, so that its flags cannot be told by looking at it. */
    public static boolean isElsewhere(String argument) {
        return argument.equals("-") || argument.startsWith("@");
    }

    /**
     * Fetches the text.
     *
     * @param argument the text itself, {@code @FILE} or {@code -}
     * @param standardInput read for {@code -}, to its end or to the limit; not closed
     * @throws UnusableTextException if there is no such file, it cannot be read, is too long, empty, or no text
     */
    public static String read(String argument, InputStream standardInput) throws UnusableTextException {
        if (!isElsewhere(argument)) {
            requireNoFile(argument);
            return argument;
        }
        String name = argument.equals("-") ? "standard input" : argument.substring(1);
        String shown = Shown.file(name);
        byte[] bytes;
        try {
            bytes = argument.equals("-") ? standardInput.readNBytes(MAX_BYTES + 1) : file(name);
        } catch (IOException e) {
            throw new UnusableTextException(shown + " cannot be read");
        }
        if (bytes.length > MAX_BYTES) {
            throw new UnusableTextException(
                    "%s is longer than %d MiB, which no configuration is".formatted(shown, MAX_BYTES >> 20));
        }
        String text = new String(bytes, StandardCharsets.UTF_8);
        if (text.isBlank()) {
            throw new UnusableTextException(shown + " is empty");
        }
        return text;
    }

    /** The name of a file is nobody's flags. */
    private static void requireNoFile(String argument) throws UnusableTextException {
        boolean isName = argument.length() <= LONGEST_NAME && (argument.contains(".") || argument.contains("/"));
        try {
            if (isName && Files.isRegularFile(Path.of(argument))) {
                throw new UnusableTextException(
                        "%1$s is a file; write @%1$s to have it read".formatted(Shown.file(argument)));
            }
        } catch (InvalidPathException e) {
            return; // no name of a file
        }
    }

    private static byte[] file(String name) throws IOException, UnusableTextException {
        Path path;
        try {
            path = Path.of(name);
        } catch (InvalidPathException e) {
            throw new UnusableTextException("@ must be followed by the name of a file");
        }
        if (name.isEmpty() || !Files.exists(path)) {
            throw new UnusableTextException("@" + Shown.file(name) + ": there is no such file");
        }
        if (Files.isDirectory(path)) {
            throw new UnusableTextException("@" + Shown.file(name) + ": a folder, not a file");
        }
        if (!Files.isReadable(path)) {
            throw new UnusableTextException("@" + Shown.file(name) + ": may not be read");
        }
        try (InputStream in = Files.newInputStream(path)) {
            return in.readNBytes(MAX_BYTES + 1);
        }
    }
}
