package hv.kvm.layout;

/** {@code struct kvm_fpu}: x87 and SSE registers. Fields that are used here. */
public final class KvmFpu {
    /** The first of sixteen registers of 16 bytes. */
    public static final long XMM = 152;

    /** Size of the structure. */
    public static final int BYTES = 416;

    /** Where half {@code half} (0 low, 1 high) of an XMM register is. */
    public static long xmm(int register, int half) {
        return XMM + 16L * register + 8L * half;
    }

    private KvmFpu() {}
}
