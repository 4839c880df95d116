package hv.replay;

/** One line is malformed; the reader adds file and line. */
final class BadLineException extends Exception {
    private static final long serialVersionUID = 1L;

    BadLineException(String problem) {
        super(problem);
    }
}
