package hv.explain;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** The files beside this class, which hold what belongs to no enlightenment. Any thread. */
final class Facts {
    private Facts() {}

    static ExplainFile explainFile(String name) {
        try {
            return ExplainFile.parse(name, text(name));
        } catch (ExplainFormatException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The lines that hold something, each split at blanks into at most {@code columns} parts. */
    static List<String[]> table(String name, int columns) {
        return text(name)
                .lines()
                .filter(line -> !line.isBlank() && !line.startsWith("#"))
                .map(line -> line.strip().split("\\s+", columns))
                .toList();
    }

    private static String text(String name) {
        try (InputStream in = Facts.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException("no " + name + " in this bundle");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
