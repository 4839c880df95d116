package hv.kvm.layout;

/**
 * {@code struct kvm_lapic_state}: register n of the local APIC (Intel SDM, "Local APIC Register Address Map") is at
 * offset n.
 */
public final class KvmLapicState {
    /** Task priority. */
    public static final long TPR = 0x80;

    public static final long SPURIOUS_VECTOR = 0xF0;
    /** The first of eight words, 16 bytes apart: what is in service. */
    public static final long ISR = 0x100;
    /** Interrupt command. */
    public static final long ICR_LOW = 0x300;

    public static final long ICR_HIGH = 0x310;

    /** Size of the structure. */
    public static final int BYTES = 1024;

    private KvmLapicState() {}
}
