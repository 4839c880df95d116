package hv.kvm;

/** The general registers, in the order of {@code struct kvm_regs}: names for {@link BootState#with}. */
public enum Register {
    RAX,
    RBX,
    RCX,
    RDX,
    RSI,
    RDI,
    RSP,
    RBP,
    R8,
    R9,
    R10,
    R11,
    R12,
    R13,
    R14,
    R15,
    RIP,
    RFLAGS;

    /** Size of the structure. */
    static final int BYTES = 8 * 18;

    /** Where the register is in the structure. */
    long offset() {
        return 8L * ordinal();
    }
}
