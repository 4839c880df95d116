package hv.api;

/**
 * "Inject this exception into the guest": the only throwable on the guest path.
 *
 * <p>Thrown by MSR handlers and by the partition, caught by the VMM that made the access. The two instances are
 * made once and carry no stack trace, so that a guest that provokes faults costs no allocation. Any thread.
 */
public final class GuestFault extends Exception {
    private static final long serialVersionUID = 1L;

    /** General protection fault (vector 13, error code 0): the answer to a refused MSR access. */
    public static final GuestFault GENERAL_PROTECTION = new GuestFault("#GP", 13, true);

    /** Invalid opcode (vector 6, no error code): the answer to a hypercall that may not be made at all. */
    public static final GuestFault INVALID_OPCODE = new GuestFault("#UD", 6, false);

    private final int vector;
    private final boolean hasErrorCode;

    private GuestFault(String name, int vector, boolean hasErrorCode) {
        super(name, null, false, false);
        this.vector = vector;
        this.hasErrorCode = hasErrorCode;
    }

    /** The x86 exception vector, 0 to 31. */
    public int vector() {
        return vector;
    }

    /** Whether the exception pushes an error code (which is then 0). */
    public boolean hasErrorCode() {
        return hasErrorCode;
    }
}
