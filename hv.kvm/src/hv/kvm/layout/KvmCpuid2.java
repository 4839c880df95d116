package hv.kvm.layout;

/** {@code struct kvm_cpuid2}: a list of CPUID leaves ({@link KvmCpuidEntry2}). */
public final class KvmCpuid2 {
    public static final long NENT = 0;

    /** Size of what stands in front of the entries. */
    public static final int HEADER_BYTES = 8;

    /** Where entry {@code index} begins. */
    public static long entry(int index) {
        return bytes(index);
    }

    /** Size of a list of {@code entries}. */
    public static long bytes(int entries) {
        return HEADER_BYTES + (long) KvmCpuidEntry2.BYTES * entries;
    }

    private KvmCpuid2() {}
}
