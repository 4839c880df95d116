package hv.time;

import hv.testkit.Guest;
import java.math.BigInteger;

/**
 * A reference TSC page as a guest reads it, and the guest's formula, done the long way.
 *
 * @param sequence TscSequence
 * @param reserved the word after it
 * @param scale TscScale
 * @param offset TscOffset
 */
record ReferencePage(int sequence, int reserved, long scale, long offset) {
    static ReferencePage at(Guest guest, long gpa) {
        return new ReferencePage(
                guest.memory().getInt(gpa),
                guest.memory().getInt(gpa + 4),
                guest.memory().getLong(gpa + 8),
                guest.memory().getLong(gpa + 16));
    }

    long time100ns(long tsc) {
        return unsigned(tsc)
                .multiply(unsigned(scale))
                .shiftRight(64)
                .add(BigInteger.valueOf(offset))
                .longValue();
    }

    private static BigInteger unsigned(long value) {
        return new BigInteger(Long.toUnsignedString(value));
    }
}
