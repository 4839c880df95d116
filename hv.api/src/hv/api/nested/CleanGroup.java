package hv.api.nested;

/**
 * The groups of eVMCS fields that share a bit of CleanFields (TLFS "Nested Virtualization: Enlightened VMCS": clean
 * fields). A set bit says that L1 has changed no field of the group since the last entry. The constants with a bit come
 * first, in the order of their bits.
 */
public enum CleanGroup {
    IO_BITMAP,
    MSR_BITMAP,
    CONTROL_GRP2,
    CONTROL_GRP1,
    CONTROL_PROC,
    CONTROL_EVENT,
    CONTROL_ENTRY,
    CONTROL_EXCPN,
    CRDR,
    CONTROL_XLAT,
    GUEST_BASIC,
    GUEST_GRP1,
    GUEST_GRP2,
    HOST_POINTER,
    HOST_GRP1,
    ENLIGHTENMENTSCONTROL,
    /** No bit: such a field is taken at every entry, or is written at exits only. */
    NONE,
    /**
     * The layout has the field, but the TLFS gives it no group: Hyper-V does not use it, and KVM does not take it over.
     */
    UNDEFINED;

    /** All bits that groups have. */
    public static final int ALL = 0xFFFF;

    public static final int COUNT_WITH_BIT = 16;

    /** The group's bit in CleanFields; 0 if it has none. */
    public int mask() {
        return ordinal() < COUNT_WITH_BIT ? 1 << ordinal() : 0;
    }
}
