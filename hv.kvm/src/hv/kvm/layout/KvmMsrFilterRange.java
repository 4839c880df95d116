package hv.kvm.layout;

/** {@code struct kvm_msr_filter_range}: a range of MSRs with a bit for each. */
public final class KvmMsrFilterRange {
    public static final long FLAGS = 0;
    public static final long NMSRS = 4;
    public static final long BASE = 8;
    public static final long BITMAP = 16;

    /** Size of the structure. */
    public static final int BYTES = 24;

    /** In the flags: reads are filtered (KVM_MSR_FILTER_READ). */
    public static final int READ = 1;
    /** In the flags: writes are filtered (KVM_MSR_FILTER_WRITE). */
    public static final int WRITE = 2;

    private KvmMsrFilterRange() {}
}
