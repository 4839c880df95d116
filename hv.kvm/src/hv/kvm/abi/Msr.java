package hv.kvm.abi;

/** The numbers of MSRs that this back end itself reads or writes. */
public final class Msr {
    public static final int IA32_TIME_STAMP_COUNTER = 0x10;
    public static final int IA32_TSC_ADJUST = 0x3B;
    public static final int X2APIC_TPR = 0x808;
    public static final int X2APIC_EOI = 0x80B;
    public static final int X2APIC_ICR = 0x830;
    /** MSR_KVM_PV_EOI_EN: its value is the address of a word in RAM, and bit 0: enabled. */
    public static final int KVM_PV_EOI_EN = 0x4b56_4d04;

    /** The first of those that are the partition's and not KVM's. */
    public static final int FIRST_SYNTHETIC = 0x4000_0000;
    /** How many those are. */
    public static final int SYNTHETIC_COUNT = 0x200;

    private Msr() {}

    /** Whether an MSR is the partition's. */
    public static boolean isSynthetic(int msr) {
        return msr >= FIRST_SYNTHETIC && msr < FIRST_SYNTHETIC + SYNTHETIC_COUNT;
    }
}
