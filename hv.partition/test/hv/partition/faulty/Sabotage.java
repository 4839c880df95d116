package hv.partition.faulty;

import java.util.concurrent.atomic.AtomicInteger;

/** Where and how one enlightenment fails, once it is armed. Any thread. */
public final class Sabotage {
    private final AtomicInteger untouched = new AtomicInteger();
    private final AtomicInteger failures = new AtomicInteger();
    private volatile Spot spot;
    private volatile Way way;
    private volatile boolean isOnce;
    private volatile boolean isOver;

    /** From now on {@code where} fails, after it has worked {@code times} times. */
    public void arm(Spot where, Way how, int times) {
        untouched.set(times);
        way = how;
        isOnce = false;
        spot = where;
    }

    /** The next time {@code where} fails, and then it works again. */
    public void armOnce(Spot where, Way how) {
        arm(where, how, 0);
        isOnce = true;
    }

    /** Whether it has failed, or is about to. */
    public boolean hasFailed() {
        return failures.get() > 0;
    }

    /** It works again. */
    public void disarm() {
        spot = null;
    }

    /** Ends all loops. */
    public void end() {
        spot = null;
        isOver = true;
    }

    /** Fails if it is to fail here; how, if that is the caller's part, or null if it is not to. */
    Way at(Spot here) {
        Way how = way;
        if (spot != here || untouched.getAndDecrement() > 0) {
            return null;
        }
        if (isOnce) {
            spot = null;
        }
        failures.incrementAndGet();
        how.happen(() -> isOver);
        return how;
    }

    /** The same where an object is given: null, if that is how it is to fail. */
    <T> T given(Spot here, T object) {
        return at(here) == Way.NULL ? null : object;
    }
}
