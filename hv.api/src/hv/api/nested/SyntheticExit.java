package hv.api.nested;

/**
 * A VM exit to L1 that no processor makes: "L0 has flushed L2's TLB for you, and somebody holds the TLB lock" (TLFS
 * "Nested Virtualization: Direct Virtual Flush"). Any thread.
 */
public enum SyntheticExit {
    /** None is due. */
    NONE(0, 0),
    /** HV_VMX_SYNTHETIC_EXIT_REASON_TRAP_AFTER_FLUSH. */
    INTEL(0x1000_0031, 0),
    /** HV_SVM_EXITCODE_ENL with HV_SVM_ENL_EXITCODE_TRAP_AFTER_FLUSH. */
    AMD(0xF000_0000, 1);

    private final int code;
    private final int information;

    SyntheticExit(int code, int information) {
        this.code = code;
        this.information = information;
    }

    /** The exit reason (Intel) or exit code (AMD; its high half is 0), 32 bits. */
    public int code() {
        return code;
    }

    /** The exit qualification (Intel) or ExitInfo1 (AMD). ExitInfo2 is 0. */
    public int information() {
        return information;
    }
}
