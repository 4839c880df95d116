package hv.api;

/**
 * A set of virtual processors by index, 0 to 4,095, in words of 64 as the TLFS's sparse sets have them ("banks").
 *
 * <p>Mutable and reused, so that a call with a set allocates nothing; used by one thread at a time.
 */
public final class VpSet {
    /** VPs a set can name. */
    public static final int MAX_VPS = 4096;

    /** Banks of 64 VPs. */
    public static final int BANKS = MAX_VPS / Long.SIZE;

    private final long[] words = new long[BANKS];

    /** Words from here on are zero; keeps the work of a call proportional to the VPs that exist. */
    private int banks;

    /** An empty set. */
    public VpSet() {}

    /** Takes all VPs out. */
    public void clear() {
        java.util.Arrays.fill(words, 0, banks, 0);
        banks = 0;
    }

    /** How many banks, from bank 0, may hold VPs; those beyond are empty. */
    public int banks() {
        return banks;
    }

    /** Adds VP {@code index}. */
    public void add(int index) {
        addBank(index >>> 6, 1L << index);
    }

    /** Takes VP {@code index} out. */
    public void remove(int index) {
        words[index >>> 6] &= ~(1L << index);
    }

    /** Adds the VPs {@code 64 * bank + i} for every bit {@code i} of {@code bits}. */
    public void addBank(int bank, long bits) {
        words[bank] |= bits;
        banks = Math.max(banks, bank + 1);
    }

    /** Adds VPs 0 to {@code count} - 1. */
    public void addFirst(int count) {
        int full = count >>> 6;
        java.util.Arrays.fill(words, 0, full, -1L);
        if ((count & 63) != 0) {
            words[full] |= (1L << count) - 1;
        }
        banks = Math.max(banks, count + 63 >>> 6);
    }

    /** Takes out every VP with index {@code count} or more: those that do not exist. */
    public void keepFirst(int count) {
        int full = count >>> 6;
        if (full < banks) {
            words[full] &= (1L << count) - 1;
            java.util.Arrays.fill(words, full + 1, banks, 0);
            banks = full + 1;
        }
    }

    /** The 64 VPs of bank {@code bank}, 0 to 63, as bits. */
    public long bank(int bank) {
        return words[bank];
    }

    /** Whether VP {@code index} is in it. */
    public boolean contains(int index) {
        return (words[index >>> 6] & 1L << index) != 0;
    }

    /** Whether no VP is in it. */
    public boolean isEmpty() {
        for (int i = 0; i < banks; i++) {
            if (words[i] != 0) {
                return false;
            }
        }
        return true;
    }
}
