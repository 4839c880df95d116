package hv.guest;

import hv.api.StateException;
import hv.api.machine.SectionReader;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.IntConsumer;

/**
 * The interrupts that one hosted VP has not taken yet: a bit for each vector, as in an APIC's request register, so that
 * two requests of one vector are one interrupt. Any thread.
 */
final class HostedInterrupts {
    /** The lowest vector that is an interrupt and not an exception. */
    static final int FIRST_VECTOR = 32;

    private static final String PENDING = "Pending";

    private final AtomicLongArray pending = new AtomicLongArray(InterruptCounts.VECTORS / Long.SIZE);

    /** Requests one. */
    void request(int vector) {
        pending.getAndAccumulate(vector / Long.SIZE, 1L << vector, (held, bit) -> held | bit);
    }

    /** Takes what is pending, the vector with the highest priority first. */
    void take(IntConsumer taker) {
        for (int word = pending.length() - 1; word >= 0; word--) {
            if (pending.get(word) == 0) {
                continue;
            }
            for (long bits = pending.getAndSet(word, 0); bits != 0; bits ^= Long.highestOneBit(bits)) {
                taker.accept(word * Long.SIZE + Long.SIZE - 1 - Long.numberOfLeadingZeros(bits));
            }
        }
    }

    void save(Map<String, Long> to) {
        for (int word = 0; word < pending.length(); word++) {
            to.put(PENDING + word, pending.get(word));
        }
    }

    void restore(SectionReader from) throws StateException {
        long[] words = from.values(PENDING, pending.length());
        if ((words[0] & (1L << FIRST_VECTOR) - 1) != 0) {
            throw from.bad(PENDING + "0 has vectors below " + FIRST_VECTOR);
        }
        for (int word = 0; word < words.length; word++) {
            pending.set(word, words[word]);
        }
    }
}
