package hv.kvm.layout;

/**
 * {@code struct kvm_sregs}: segments ({@link KvmSegment}), descriptor tables ({@link KvmDtable}), control registers.
 */
public final class KvmSregs {
    /** The first of six segments: CS, DS, ES, FS, GS, SS. */
    public static final long CS = 0;

    public static final long SS = 120;
    public static final long GDT = 192;
    public static final long CR0 = 224;
    public static final long CR2 = 232;
    public static final long CR3 = 240;
    public static final long CR4 = 248;
    public static final long CR8 = 256;
    public static final long EFER = 264;
    public static final long APIC_BASE = 272;

    /** Size of the structure. */
    public static final int BYTES = 312;

    private KvmSregs() {}
}
