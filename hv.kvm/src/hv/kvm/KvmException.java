package hv.kvm;

/**
 * KVM, or the C library on the way to it, refused something. The message is one line: the call with its arguments, the
 * error by name, and what to do about it.
 */
public final class KvmException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    KvmException(String message) {
        super(message);
    }

    KvmException(String message, Throwable cause) {
        super(message, cause);
    }

    /** For a call that set errno; the advice is the usual one for that error. */
    static KvmException of(String call, int errno) {
        return of(call, errno, Errno.advice(errno));
    }

    /** For a call that set errno, with advice of its own. */
    static KvmException of(String call, int errno, String advice) {
        return new KvmException(call + ": " + Errno.name(errno) + ": " + advice);
    }
}
