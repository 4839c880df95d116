package hv.faults.run;

/** What one of the program's standard streams is. */
public enum Stream {
    /** A pipe whose other end is ours: input that nobody writes until told, output that is read. */
    PIPE(""),
    /** Input at its end at once; output that goes nowhere. */
    NULL("/dev/null"),
    /** No open file at all. */
    CLOSED("&-"),
    /** Each write fails, as on a full disk. */
    FULL("/dev/full"),
    /** A pipe whose other end has been closed. */
    BROKEN(""),
    /** A pipe that nobody reads. */
    UNREAD("");

    private final String target;

    Stream(String target) {
        this.target = target;
    }

    /** As a shell's redirection of file {@code descriptor}; empty where it stays what it is. */
    String redirection(int descriptor) {
        return target.isEmpty() ? "" : descriptor + (descriptor == 0 ? "<" : ">") + target;
    }
}
