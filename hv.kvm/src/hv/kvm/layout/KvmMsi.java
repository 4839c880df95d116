package hv.kvm.layout;

/** {@code struct kvm_msi}: a message-signalled interrupt. */
public final class KvmMsi {
    public static final long ADDRESS_LO = 0;
    public static final long ADDRESS_HI = 4;
    public static final long DATA = 8;
    public static final long FLAGS = 12;
    public static final long DEVID = 16;

    /** Size of the structure. */
    public static final int BYTES = 32;

    private KvmMsi() {}
}
