package hv.synic;

import hv.api.GuestFault;
import hv.api.enlightenment.VirtualProcessor;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * The 16 SINT registers of a VP and the interrupts behind them (TLFS "Virtual Interrupt Controller: SINTx").
 *
 * <p>Several SINTs may share a vector. AutoEOI belongs to the vector, as in KVM: one SINT that is not masked and has
 * AutoEOI makes every interrupt with that vector AutoEOI. Which vectors those are is kept in a bit map, so that
 * delivery does not search.
 *
 * <p>Written by the VP's thread; read by any, since host-side code raises SINTs too.
 */
final class Sints {
    static final int COUNT = 16;
    static final long VECTOR = 0xFF;
    static final long MASKED = 1L << 16;
    static final long AUTO_EOI = 1L << 17;

    /** What a SINT holds after reset: masked. */
    static final long RESET = MASKED;

    private static final int FIRST_VALID_VECTOR = 16;
    private static final int VECTORS = 256;

    private final VirtualProcessor vp;
    private final AtomicLongArray registers = new AtomicLongArray(COUNT);
    private final AtomicLongArray autoEoiVectors = new AtomicLongArray(VECTORS / Long.SIZE);

    Sints(VirtualProcessor vp) {
        this.vp = vp;
        reset();
    }

    long get(int sint) {
        return registers.get(sint);
    }

    /**
     * A guest's write.
     *
     * @throws GuestFault #GP if the vector is below 16 and the SINT not masked; 0x10000, which nested Hyper-V writes,
     *     is taken
     */
    void write(int sint, long value) throws GuestFault {
        if (!isValid(value)) {
            throw GuestFault.GENERAL_PROTECTION;
        }
        set(sint, value);
    }

    static boolean isValid(long value) {
        return (value & MASKED) != 0 || (value & VECTOR) >= FIRST_VALID_VECTOR;
    }

    /** Stores a value for each SINT, all of which {@link #isValid}. */
    void setAll(long[] values) {
        for (int sint = 0; sint < COUNT; sint++) {
            registers.set(sint, values[sint]);
        }
        updateAutoEoi();
    }

    /** Stores a value that {@link #isValid}. */
    void set(int sint, long value) {
        registers.set(sint, value);
        updateAutoEoi();
    }

    /** Works out the bit map anew, word by word, so that no bit that stays is ever seen gone. */
    private void updateAutoEoi() {
        for (int word = 0; word < VECTORS / Long.SIZE; word++) {
            long bits = 0;
            for (int sint = 0; sint < COUNT; sint++) {
                long value = registers.get(sint);
                boolean isHere = (value & VECTOR) >>> 6 == word;
                if (isHere && (value & (MASKED | AUTO_EOI)) == AUTO_EOI) {
                    bits |= 1L << value;
                }
            }
            autoEoiVectors.set(word, bits);
        }
    }

    /** The SINTs with this vector that are not masked, as bits. */
    int withVector(int vector) {
        int found = 0;
        for (int sint = 0; sint < COUNT; sint++) {
            if ((registers.get(sint) & (VECTOR | MASKED)) == vector) {
                found |= 1 << sint;
            }
        }
        return found;
    }

    /** Requests the SINT's interrupt; false if it is masked. */
    boolean raise(int sint) {
        long value = registers.get(sint);
        if ((value & MASKED) != 0) {
            return false;
        }
        interrupt((int) (value & VECTOR));
        return true;
    }

    /** Requests an interrupt, by the AutoEOI rule of its vector. */
    void interrupt(int vector) {
        if ((autoEoiVectors.get(vector >>> 6) & 1L << vector) != 0) {
            vp.interruptAutoEoi(vector);
        } else {
            vp.interrupt(vector);
        }
    }

    void reset() {
        long[] values = new long[COUNT];
        Arrays.fill(values, RESET);
        setAll(values);
    }
}
