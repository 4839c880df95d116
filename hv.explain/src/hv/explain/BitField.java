package hv.explain;

import java.util.List;
import java.util.Objects;

/**
 * Some bits of a 64-bit register. Immutable.
 *
 * @param high highest bit, 0 to 63
 * @param low lowest bit, not above {@code high}
 * @param name the TLFS name, or {@code reserved}
 * @param unit what its number counts
 * @param meaning what it does
 * @param values what some of its values mean
 */
public record BitField(int high, int low, String name, Unit unit, String meaning, List<Value> values) {
    /** The name of bits that mean nothing. */
    public static final String RESERVED = "reserved";

    /**
     * One value of a field.
     *
     * @param number the value, unsigned
     * @param meaning what it means
     */
    public record Value(long number, String meaning) {}

    /** Checks the ranges above. */
    public BitField {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(unit, "unit");
        Objects.requireNonNull(meaning, "meaning");
        values = List.copyOf(values);
        if (low < 0 || high > 63 || low > high) {
            throw new IllegalArgumentException("%s: bad bits %d:%d".formatted(name, high, low));
        }
    }

    /** The field's bits within the register. */
    public long mask() {
        return (-1L >>> (63 - high + low)) << low;
    }

    /** The field's number in a register that holds {@code register}. */
    public long of(long register) {
        return (register & mask()) >>> low;
    }

    /** As "16" or "63:12". */
    public String bits() {
        return high == low ? String.valueOf(high) : high + ":" + low;
    }

    /** Whether these bits mean nothing. */
    public boolean isReserved() {
        return name.equals(RESERVED);
    }

    /** The field's number in a register and what it means, as "0x12 = GPA 0x12000". */
    String decode(long register) {
        long number = of(register);
        String digits = Long.compareUnsigned(number, 10) < 0 ? Long.toString(number) : "0x" + Long.toHexString(number);
        if (isReserved()) {
            return number == 0 ? "" : digits + " (should be 0)";
        }
        for (Value value : values) {
            if (value.number() == number) {
                return digits + " = " + value.meaning();
            }
        }
        String words = unit.render(number);
        return words.isEmpty() ? digits : digits + " = " + words;
    }
}
