package hv.kvm.error;

/**
 * KVM, or the C library on the way to it, refused something. The message is one line: the call with its arguments, the
 * error by name, and what to do about it.
 */
public final class KvmException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** With one line. */
    public KvmException(String message) {
        super(message);
    }

    /** With one line, for what another exception says. */
    public KvmException(String message, Throwable cause) {
        super(message, cause);
    }
}
