package hv.guest;

/** The interrupts that one hosted VP has taken since its part began. Used by the interpreter's thread only. */
final class InterruptCounts {
    static final int VECTORS = 256;

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
}
