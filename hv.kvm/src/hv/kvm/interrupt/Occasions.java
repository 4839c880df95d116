package hv.kvm.interrupt;

/**
 * Counts what may happen without end, and says which occasions are worth a line in the log: the first, the tenth, the
 * hundredth. Any thread.
 */
public final class Occasions {
    private long count;
    private long nextTold = 1;

    /** One more. Returns how many there were if this one is to be told, else 0. */
    public synchronized long next() {
        count++;
        if (count < nextTold) {
            return 0;
        }
        nextTold *= 10;
        return count;
    }
}
