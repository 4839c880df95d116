package hv.api.enlightenment;

import hv.api.CpuidRegister;
import java.util.Objects;

/**
 * Bits that an enlightenment owns in one register of one CPUID leaf, and the value it gives them.
 *
 * <p>The partition ORs the bits of all enlightenments; two that give one bit different values are an error, and
 * bits nobody owns keep the partition's own value (TLFS "Feature and Interface Discovery").
 *
 * @param leaf 0x40000000 to 0x400000FF
 * @param register the register within the leaf
 * @param mask the bits owned, not zero
 * @param value their value, within {@code mask}
 * @param name the TLFS name of the bit or field
 */
public record CpuidBits(int leaf, CpuidRegister register, int mask, int value, String name) {
    /** Features: privileges in EAX and EBX, other features in EDX. */
    public static final int LEAF_FEATURES = 0x4000_0003;

    /** Recommendations in EAX, spinlock retries in EBX. */
    public static final int LEAF_RECOMMENDATIONS = 0x4000_0004;

    /** Checks the ranges above. */
    public CpuidBits {
        Objects.requireNonNull(register, "register");
        Objects.requireNonNull(name, "name");
        if ((leaf & 0xFFFF_FF00) != 0x4000_0000) {
            throw new IllegalArgumentException("not a Hyper-V leaf: 0x%08x".formatted(leaf));
        }
        if (mask == 0 || (value & ~mask) != 0) {
            throw new IllegalArgumentException("%s: value 0x%x is not within mask 0x%x".formatted(name, value, mask));
        }
    }

    /** One bit, 0 to 31, set. */
    public static CpuidBits bit(int leaf, CpuidRegister register, int bit, String name) {
        return new CpuidBits(leaf, register, 1 << bit, 1 << bit, name);
    }

    /** A whole register. */
    public static CpuidBits register(int leaf, CpuidRegister register, int value, String name) {
        return new CpuidBits(leaf, register, -1, value, name);
    }

    /** As "0x40000003.EAX[6]", "0x40000004.EBX" or, for several bits, "0x4000000a.EAX & 0xffff". */
    public String where() {
        String place = "0x%08x.%s".formatted(leaf, register);
        if (mask == -1) {
            return place;
        }
        return Integer.bitCount(mask) == 1
                ? place + "[" + Integer.numberOfTrailingZeros(mask) + "]"
                : place + " & 0x" + Integer.toHexString(mask);
    }
}
