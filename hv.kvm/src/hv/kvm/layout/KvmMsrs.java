package hv.kvm.layout;

/** {@code struct kvm_msrs}: a list of MSRs with their values ({@link KvmMsrEntry}). */
public final class KvmMsrs {
    public static final long NMSRS = 0;

    /** Size of what stands in front of the entries. */
    public static final int HEADER_BYTES = 8;

    /** Where entry {@code index} begins. */
    public static long entry(int index) {
        return HEADER_BYTES + (long) KvmMsrEntry.BYTES * index;
    }

    private KvmMsrs() {}
}
