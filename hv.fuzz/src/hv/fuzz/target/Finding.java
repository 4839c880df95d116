package hv.fuzz.target;

/** Something that has to hold for every input did not hold for this one. */
public class Finding extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** With what was expected and what came instead. */
    public Finding(String message) {
        super(message);
    }

    /** A finding that an exception showed. */
    public Finding(String message, Throwable cause) {
        super(message, cause);
    }
}
