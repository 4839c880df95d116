package hv.guest;

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * The interrupts of one hosted VP: pending ones, a bit for each vector as in an APIC's request register, set by any thread; and the
 * counts of those taken, which belong to the interpreter's thread.
 */
final class HostedInterrupts {
    private static final int VECTORS = 256;

    private final AtomicLongArray pending = new AtomicLongArray(VECTORS / Long.SIZE);
    private final long[] counts = new long[VECTORS];
    private long taken;

    /** Any thread. */
    void request(int vector) {
        pending.getAndAccumulate(vector / Long.SIZE, 1L << vector, (held, bit) -> held | bit);
    }

    /** Takes what is pending. */
    void take() {
        for (int word = 0; word < pending.length(); word++) {
            if (pending.get(word) == 0) {
                continue;
            }
            for (long bits = pending.getAndSet(word, 0); bits != 0; bits &= bits - 1) {
                counts[word * Long.SIZE + Long.numberOfTrailingZeros(bits)]++;
                taken++;
            }
        }
    }

    /** Forgets counts and pending ones. */
    void clear() {
        take();
        java.util.Arrays.fill(counts, 0);
        taken = 0;
    }

    /** How often the vector (its low 8 bits) was taken. */
    long count(long vector) {
        return counts[(int) vector & VECTORS - 1];
    }

    long taken() {
        return taken;
    }
}
