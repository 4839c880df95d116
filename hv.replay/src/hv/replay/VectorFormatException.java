package hv.replay;

import java.nio.file.Path;

/** A file cannot be replayed as it is; the message is one line, {@code FILE:LINE: what is wrong}. */
public final class VectorFormatException extends Exception {
    private static final long serialVersionUID = 1L;

    /**
     * For one place of a file.
     *
     * @param file as it was named
     * @param line from 1; 0 for the file as a whole
     * @param problem what is wrong and what is expected
     */
    VectorFormatException(Path file, int line, String problem) {
        super(file + (line == 0 ? ": " : ":" + line + ": ") + visible(problem));
    }

    /** What a file holds is shown on a terminal, which must not take any of it for orders. */
    private static String visible(String problem) {
        return problem.codePoints()
                .map(c -> Character.isISOControl(c) ? '?' : c)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }
}
