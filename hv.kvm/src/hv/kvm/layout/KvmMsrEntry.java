package hv.kvm.layout;

/** {@code struct kvm_msr_entry}: an MSR and its value. */
public final class KvmMsrEntry {
    public static final long INDEX = 0;
    public static final long DATA = 8;

    /** Size of the structure. */
    public static final int BYTES = 16;

    private KvmMsrEntry() {}
}
