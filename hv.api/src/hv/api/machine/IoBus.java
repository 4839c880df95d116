package hv.api.machine;

/**
 * What answers the guest's port and memory-mapped accesses: the machine around the CPU. Implemented by who builds the
 * machine, called on VP threads, several at once. Every input is the guest's and must end in a value; what it throws
 * ends the machine.
 */
public interface IoBus {
    /**
     * A read of a port.
     *
     * @param port 0 to 0xFFFF
     * @param bytes 1, 2 or 4
     * @return the value in the low {@code bytes}; all ones where no device is
     */
    int in(int port, int bytes);

    /**
     * A write to a port; ignored where no device is.
     *
     * @param port 0 to 0xFFFF
     * @param bytes 1, 2 or 4
     * @param value zero-extended
     */
    void out(int port, int bytes, int value);

    /**
     * A read of an address that is not RAM.
     *
     * @param gpa guest-physical address
     * @param bytes 1 to 8
     * @return the value in the low {@code bytes}
     */
    default long read(long gpa, int bytes) {
        return -1;
    }

    /**
     * A write to an address that is not RAM.
     *
     * @param gpa guest-physical address
     * @param bytes 1 to 8
     * @param value zero-extended
     */
    default void write(long gpa, int bytes, long value) {}
}
