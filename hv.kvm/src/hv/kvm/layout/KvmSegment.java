package hv.kvm.layout;

/** {@code struct kvm_segment}: a segment register with its descriptor. */
public final class KvmSegment {
    public static final long BASE = 0;
    public static final long LIMIT = 8;
    public static final long SELECTOR = 12;
    public static final long TYPE = 14;
    public static final long PRESENT = 15;
    public static final long DPL = 16;
    /** Whether it is of 32-bit code. */
    public static final long DB = 17;
    /** Whether it is no system segment. */
    public static final long S = 18;
    /** Whether it is of 64-bit code. */
    public static final long L = 19;
    /** Whether the limit counts pages. */
    public static final long G = 20;

    public static final long AVL = 21;
    public static final long UNUSABLE = 22;

    /** Size of the structure. */
    public static final int BYTES = 24;

    private KvmSegment() {}
}
