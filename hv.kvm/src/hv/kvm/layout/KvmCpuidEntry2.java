package hv.kvm.layout;

/** {@code struct kvm_cpuid_entry2}: what CPUID returns for a leaf, or for a subleaf of it. */
public final class KvmCpuidEntry2 {
    public static final long FUNCTION = 0;
    public static final long INDEX = 4;
    public static final long FLAGS = 8;
    public static final long EAX = 12;
    public static final long EBX = 16;
    public static final long ECX = 20;
    public static final long EDX = 24;

    /** Size of the structure. */
    public static final int BYTES = 40;

    /** In the flags: the answer depends on the subleaf (KVM_CPUID_FLAG_SIGNIFCANT_INDEX). */
    public static final int SIGNIFICANT_INDEX = 1;

    private KvmCpuidEntry2() {}
}
