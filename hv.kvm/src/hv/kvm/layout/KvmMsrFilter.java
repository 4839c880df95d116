package hv.kvm.layout;

/** {@code struct kvm_msr_filter}: which accesses to MSRs go to user space ({@link KvmMsrFilterRange}). */
public final class KvmMsrFilter {
    public static final long FLAGS = 0;

    /** Size of the structure. */
    public static final int BYTES = 392;

    private static final int RANGES = 8;

    /** Where range {@code index}, 0 to 15, begins. */
    public static long range(int index) {
        return RANGES + (long) KvmMsrFilterRange.BYTES * index;
    }

    private KvmMsrFilter() {}
}
