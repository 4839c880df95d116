package hv.fuzz.storm;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Where VPs stand while somebody does what needs all of them out of the guest. VP threads pass it before each entry;
 * one stopper at a time closes it.
 */
final class StopGate {
    private static final long LONGEST_SECONDS = 60;

    private final int vps;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private int standing;
    private volatile boolean isClosed;
    private volatile boolean isGivenUp;

    StopGate(int vps) {
        this.vps = vps;
    }

    /** Whether VPs are asked to come here. */
    boolean isClosed() {
        return isClosed;
    }

    /** A VP, out of the guest, stands here while the gate is closed. */
    void pass() throws InterruptedException {
        if (!isClosed) {
            return;
        }
        lock.lockInterruptibly();
        try {
            standing++;
            changed.signalAll();
            while (isClosed && !isGivenUp) {
                changed.await();
            }
            standing--;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Stops all VPs and does {@code work}.
     *
     * @param wake makes VPs come out of the guest
     * @throws TimeoutException if they do not come
     */
    void whileStopped(Runnable wake, Work work) throws Exception {
        lock.lockInterruptibly();
        try {
            isClosed = true;
            wake.run();
            long left = TimeUnit.SECONDS.toNanos(LONGEST_SECONDS);
            while (standing < vps && !isGivenUp) {
                left = changed.awaitNanos(left);
                if (left <= 0) {
                    throw new TimeoutException("%d of %d VPs have come to a stop".formatted(standing, vps));
                }
            }
            if (!isGivenUp) {
                work.run();
            }
        } finally {
            isClosed = false;
            changed.signalAll();
            lock.unlock();
        }
    }

    /** What is done meanwhile. */
    @FunctionalInterface
    interface Work {
        void run() throws Exception;
    }

    /** The end: nobody stands here any more. */
    void giveUp() {
        isGivenUp = true;
        lock.lock();
        try {
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
