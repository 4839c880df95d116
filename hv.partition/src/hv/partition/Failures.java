package hv.partition;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Logs failures of enlightenments (bugs, not guest behaviour) without letting a guest that repeats one fill the log: the first, the
 * tenth, the hundredth and so on are written. Any thread.
 */
final class Failures {
    private static final System.Logger LOG = System.getLogger("hv.partition");

    private final String where;
    private final AtomicLong count = new AtomicLong();

    Failures(String where) {
        this.where = where;
    }

    void record(String what, Throwable failure) {
        long n = count.incrementAndGet();
        if (isPowerOfTen(n)) {
            LOG.log(System.Logger.Level.ERROR, "%s: %s failed (failure %d)".formatted(where, what, n), failure);
        }
    }

    long count() {
        return count.get();
    }

    static boolean isPowerOfTen(long n) {
        long rest = n;
        while (rest > 1 && rest % 10 == 0) {
            rest /= 10;
        }
        return rest == 1;
    }
}
