package hv.evmcs;

/**
 * Which L2 a VP runs, by L1's numbers. Set by that VP, read by the others while they look for targets of a flush.
 *
 * <p>They may see one number before the other when the VP changes to another L2 at that moment. That does no harm: the
 * change itself leaves no old translation of the L2 it comes from in use, and that is all a flush has to bring about.
 */
final class RunningGuest {
    private volatile long vmId;
    private volatile int vpId;

    /** The VP enters an L2; most often it is the one it ran before, and nothing is written then. */
    void set(long vm, int processor) {
        if (vmId != vm) {
            vmId = vm;
        }
        if (vpId != processor) {
            vpId = processor;
        }
    }

    /** The virtual machine; 0 while no L2 was entered. */
    long vmId() {
        return vmId;
    }

    /** The processor of that machine, 32 bits. */
    int vpId() {
        return vpId;
    }
}
