package hv.guest;

import hv.api.StateException;
import hv.api.machine.SectionReader;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Map;

/** The interrupts that one hosted VP has taken since its part began. Used by the interpreter's thread only. */
final class InterruptCounts {
    static final int VECTORS = 256;

    private static final String TAKEN = "Taken";

    private final long[] byVector = new long[VECTORS];
    private long all;

    void count(int vector) {
        byVector[vector]++;
        all++;
    }

    /** How many of the vector (its low 8 bits). */
    long of(long vector) {
        return byVector[(int) vector & VECTORS - 1];
    }

    long all() {
        return all;
    }

    void save(Map<String, byte[]> to) {
        ByteBuffer bytes = ByteBuffer.allocate(VECTORS * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asLongBuffer().put(byVector);
        to.put(TAKEN, bytes.array());
    }

    static InterruptCounts restored(SectionReader from) throws StateException {
        byte[] bytes = from.bytesUpTo(TAKEN, VECTORS * Long.BYTES);
        if (bytes.length != VECTORS * Long.BYTES) {
            throw from.bad("%s has %d bytes, not %d".formatted(TAKEN, bytes.length, VECTORS * Long.BYTES));
        }
        InterruptCounts counts = new InterruptCounts();
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asLongBuffer().get(counts.byVector);
        counts.all = Arrays.stream(counts.byVector).sum();
        return counts;
    }
}
