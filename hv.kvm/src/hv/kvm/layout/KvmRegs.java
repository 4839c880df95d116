package hv.kvm.layout;

import hv.api.machine.Register;

/** {@code struct kvm_regs}: the general registers, in the order of {@link Register}. */
public final class KvmRegs {
    /** Size of the structure. */
    public static final int BYTES = 8 * 18;

    private KvmRegs() {}

    /** Where a register is in the structure. */
    public static long offset(Register register) {
        return 8L * register.ordinal();
    }
}
