package hv.evmcs;

/**
 * Takes in which L2 a VP runs, and whether L2's flush calls are L0's. Implemented by the VP part of tlbflush-direct; on
 * the VP's thread.
 */
interface NestedIdentity {
    /**
     * The VP enters an L2.
     *
     * @param isOptedIn L1 has set both NestedFlushVirtualHypercall and DirectHypercall
     * @param vmId L1's number for the virtual machine
     * @param vpId L1's number for its processor
     * @param partitionAssistPage guest-physical address of the page with TlbLockCount; any value
     */
    void enter(boolean isOptedIn, long vmId, int vpId, long partitionAssistPage);

    /** The VP runs no L2 by an enlightened structure any more. */
    void leave();
}
