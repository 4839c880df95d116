package hv.kvm.layout;

/** {@code struct kvm_msr_list}: numbers of MSRs, 32 bits each. */
public final class KvmMsrList {
    public static final long NMSRS = 0;

    /** Size of what stands in front of the entries. */
    public static final int HEADER_BYTES = 4;

    private KvmMsrList() {}
}
