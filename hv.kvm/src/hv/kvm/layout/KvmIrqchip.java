package hv.kvm.layout;

/** {@code struct kvm_irqchip}: the registers of one interrupt controller. */
public final class KvmIrqchip {
    public static final long CHIP_ID = 0;
    /** Its registers. */
    public static final long CHIP = 8;

    /** Size of the structure. */
    public static final int BYTES = 520;

    /** Size of the registers, of which no controller has as many. */
    public static final int CHIP_BYTES = 512;

    private KvmIrqchip() {}
}
