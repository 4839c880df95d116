package hv.kvm.layout;

/** {@code struct kvm_enable_cap}: a capability to switch on. */
public final class KvmEnableCap {
    public static final long CAP = 0;
    public static final long FLAGS = 4;
    /** The first of four arguments. */
    public static final long ARGS = 8;

    /** Size of the structure. */
    public static final int BYTES = 104;

    private KvmEnableCap() {}
}
