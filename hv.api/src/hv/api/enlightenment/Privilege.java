package hv.api.enlightenment;

import hv.api.CpuidRegister;
import java.util.Objects;

/**
 * What the guest's CPUID must show before an MSR or a hypercall works, when the partition enforces CPUID.
 *
 * <p>TLFS "Feature and Interface Discovery: Partition Privileges"; KVM's rule with {@code hv-enforce-cpuid}: a missing
 * bit is #GP for an MSR and HV_STATUS_ACCESS_DENIED for a call. Without enforcement nothing is gated, as in QEMU.
 *
 * @param name the TLFS name of the privilege
 * @param leaf CPUID leaf that is looked at
 * @param register register of that leaf
 * @param mask bits that are looked at
 * @param rule what they must show
 */
public record Privilege(String name, int leaf, CpuidRegister register, int mask, Rule rule) {
    /** How {@link Privilege#mask} is read. */
    public enum Rule {
        /** Every bit of the mask is set. */
        ALL_SET,
        /** The masked value is neither 0 nor all ones: a count that is in use (KVM's rule for the spinlock retries). */
        IN_USE,
        /** Nothing is looked at; works whenever Hyper-V is announced. */
        NONE
    }

    /** Needs nothing beyond the interface being announced. */
    public static final Privilege NONE = new Privilege("none", 0, CpuidRegister.EAX, 0, Rule.NONE);

    /** Checks for nulls. */
    public Privilege {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(register, "register");
        Objects.requireNonNull(rule, "rule");
    }

    /** The privilege that exactly these bits grant. */
    public static Privilege of(CpuidBits bits) {
        return new Privilege(bits.name(), bits.leaf(), bits.register(), bits.mask(), Rule.ALL_SET);
    }

    /** The privilege that a count in {@code field} grants while it is neither 0 nor all ones. */
    public static Privilege inUse(String name, int leaf, CpuidRegister register, int mask) {
        return new Privilege(name, leaf, register, mask, Rule.IN_USE);
    }

    /**
     * Whether a guest that sees {@code registerValue} in {@link #register} of {@link #leaf} holds this privilege.
     */
    public boolean isGrantedBy(int registerValue) {
        int seen = registerValue & mask;
        return switch (rule) {
            case ALL_SET -> seen == mask;
            case IN_USE -> seen != 0 && seen != mask;
            case NONE -> true;
        };
    }
}
