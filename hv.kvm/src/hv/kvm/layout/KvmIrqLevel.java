package hv.kvm.layout;

/** {@code struct kvm_irq_level}: a line to the interrupt controllers, and its level. */
public final class KvmIrqLevel {
    public static final long IRQ = 0;
    public static final long LEVEL = 4;

    /** Size of the structure. */
    public static final int BYTES = 8;

    private KvmIrqLevel() {}
}
