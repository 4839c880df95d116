package hv.replay;

import hv.flags.Shown;
import java.nio.file.Path;

/** A file cannot be replayed as it is; the message is one line, {@code FILE:LINE: what is wrong}. */
public final class VectorFormatException extends Exception {
    private static final long serialVersionUID = 1L;
    private static final int LONGEST = 1_000;

    /**
     * For one place of a file.
     *
     * @param file as it was named
     * @param line from 1; 0 for the file as a whole
     * @param problem what is wrong and what is expected
     */
    VectorFormatException(Path file, int line, String problem) {
        super(Shown.file(file) + (line == 0 ? ": " : ":" + line + ": ") + Shown.of(problem, LONGEST));
    }
}
