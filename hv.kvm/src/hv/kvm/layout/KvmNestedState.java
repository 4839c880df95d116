package hv.kvm.layout;

/** {@code struct kvm_nested_state}: what a guest does as a hypervisor itself. */
public final class KvmNestedState {
    public static final long FLAGS = 0;
    public static final long FORMAT = 2;
    /** In bytes, all that follows included. */
    public static final long SIZE = 4;

    /** Size of what stands in front of the entries. */
    public static final int HEADER_BYTES = 128;

    private KvmNestedState() {}
}
