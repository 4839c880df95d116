package hv.hosted;

import java.util.concurrent.atomic.AtomicLongArray;

/** The 256 bits of an APIC register such as IRR. Any thread; each bit changes atomically. */
final class VectorSet {
    private static final int VECTORS = 256;

    private final AtomicLongArray words = new AtomicLongArray(VECTORS / Long.SIZE);

    void add(int vector) {
        words.getAndAccumulate(vector / Long.SIZE, 1L << vector, (held, bit) -> held | bit);
    }

    /** Takes {@code vector} out and tells whether it was in. */
    boolean remove(int vector) {
        long bit = 1L << vector;
        return (words.getAndAccumulate(vector / Long.SIZE, ~bit, (held, mask) -> held & mask) & bit) != 0;
    }

    boolean contains(int vector) {
        return (words.get(vector / Long.SIZE) & 1L << vector) != 0;
    }

    /** The highest vector in it, or -1. */
    int highest() {
        for (int word = words.length() - 1; word >= 0; word--) {
            long bits = words.get(word);
            if (bits != 0) {
                return word * Long.SIZE + Long.SIZE - 1 - Long.numberOfLeadingZeros(bits);
            }
        }
        return -1;
    }

    /** All bits, vector 0 in bit 0 of the first number. */
    long[] toArray() {
        long[] copy = new long[words.length()];
        for (int word = 0; word < copy.length; word++) {
            copy[word] = words.get(word);
        }
        return copy;
    }

    void set(long[] bits) {
        for (int word = 0; word < words.length(); word++) {
            words.set(word, bits[word]);
        }
    }

    void clear() {
        for (int word = 0; word < words.length(); word++) {
            words.set(word, 0);
        }
    }
}
