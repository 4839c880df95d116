package hv.kvm.layout;

/** {@code struct kvm_vcpu_events}: what is being delivered to a vCPU. Fields that are used here. */
public final class KvmVcpuEvents {
    public static final long EXCEPTION_INJECTED = 0;
    public static final long EXCEPTION_NR = 1;
    public static final long EXCEPTION_HAS_ERROR_CODE = 2;
    public static final long EXCEPTION_PENDING = 3;
    public static final long EXCEPTION_ERROR_CODE = 4;
    public static final long INTERRUPT_INJECTED = 8;
    public static final long INTERRUPT_NR = 9;
    public static final long INTERRUPT_SOFT = 10;
    public static final long INTERRUPT_SHADOW = 11;
    public static final long NMI_INJECTED = 12;

    /** Size of the structure. */
    public static final int BYTES = 64;

    private KvmVcpuEvents() {}
}
