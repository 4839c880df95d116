package hv.kvm.layout;

/** {@code struct kvm_clock_data}: the clock of a VM. */
public final class KvmClockData {
    /** In nanoseconds. */
    public static final long CLOCK = 0;

    public static final long FLAGS = 8;

    /** Size of the structure. */
    public static final int BYTES = 48;

    private KvmClockData() {}
}
