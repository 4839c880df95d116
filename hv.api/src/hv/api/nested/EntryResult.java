package hv.api.nested;

/** How {@link EnlightenedVmcs#enter} ended, and so what the VMM does with VMLAUNCH or VMRESUME. */
public enum EntryResult {
    /** L1 has not switched enlightened entry on: the VMM uses the VMCS of the last VMPTRLD. */
    NOT_ENLIGHTENED,
    /** The private copy holds what L1 wants; the VMM enters L2. */
    ENTERED,
    /** VMfailInvalid: the page is of no version that L0 knows. */
    VMFAIL_INVALID,
    /**
     * VMfailValid: controls that an enlightened VMCS cannot have; the error number (7) has been written to the page.
     */
    VMFAIL_VALID,
    /** #UD: the page is not RAM. */
    INVALID_OPCODE
}
