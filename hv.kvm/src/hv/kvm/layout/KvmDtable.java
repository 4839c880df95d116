package hv.kvm.layout;

/** {@code struct kvm_dtable}: where a descriptor table is. */
public final class KvmDtable {
    public static final long BASE = 0;
    public static final long LIMIT = 8;

    /** Size of the structure. */
    public static final int BYTES = 16;

    private KvmDtable() {}
}
