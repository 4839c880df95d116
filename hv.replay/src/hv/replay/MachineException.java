package hv.replay;

/** A guest cannot go on, for a reason that is not in the recording; the message is one line. */
final class MachineException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    MachineException(String message) {
        super(message);
    }
}
