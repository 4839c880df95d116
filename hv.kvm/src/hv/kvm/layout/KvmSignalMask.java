package hv.kvm.layout;

/** {@code struct kvm_signal_mask}: the signals that are blocked while a vCPU is in the guest. */
public final class KvmSignalMask {
    public static final long LEN = 0;
    /** The kernel's set of signals. */
    public static final long SIGSET = 4;

    /** Size of what stands in front of the entries. */
    public static final int HEADER_BYTES = 4;

    /** Size of the kernel's set of signals. */
    public static final int SIGSET_BYTES = 8;

    private KvmSignalMask() {}
}
