package hv.explain;

/** An explain file cannot be read; the message is one line with the file's name and the number of the line. */
public final class ExplainFormatException extends Exception {
    private static final long serialVersionUID = 1L;

    ExplainFormatException(String file, int line, String problem) {
        super("%s:%d: %s".formatted(file, line, problem));
    }
}
