package hv.kvm.layout;

/** {@code struct kvm_mp_state}: whether a vCPU runs, is halted, or waits for INIT or SIPI. */
public final class KvmMpState {
    public static final long MP_STATE = 0;

    /** Size of the structure. */
    public static final int BYTES = 4;

    public static final int RUNNABLE = 0;
    /** Waits for INIT and SIPI. */
    public static final int UNINITIALIZED = 1;

    public static final int HALTED = 3;
    /** KVM_MP_STATE_SIPI_RECEIVED, the last of those that x86 has. */
    public static final int LAST = 4;

    private KvmMpState() {}
}
