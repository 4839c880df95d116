package hv.machine.device;

/**
 * A device on the port bus. Called on VP threads, several at once: each device guards its own state. Whatever the guest
 * writes ends in a value or is ignored.
 */
public interface PortDevice {
    /** First port. */
    int first();

    /** How many ports. */
    int count();

    /**
     * A read.
     *
     * @param offset port less {@link #first}
     * @param bytes 1, 2 or 4
     */
    default int in(int offset, int bytes) {
        return -1;
    }

    /** A write; see {@link #in}. */
    default void out(int offset, int bytes, int value) {}
}
