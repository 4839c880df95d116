package hv.partition;

import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * Where the VPs of a partition wait, out of the guest and out of every handler, while somebody changes what they are routed to.
 *
 * <p>Whoever wants a safe point rings every VP; each comes to {@link #arrive} the next time it drains its mailbox, and stays. A VP that waits for
 * the successor of an enlightenment ({@link #await}) is at a safe point all the while, and so is one that nobody drives: its thread is
 * the caller, has ended, or there was none yet. The others have a bounded time to come.
 */
final class SafePoint {
    /** What is done while all VPs wait. */
    @FunctionalInterface
    interface Work {
        void run() throws SwapException;
    }

    private final Object monitor = new Object();

    // Guarded by monitor.
    private boolean isWanted;
    private boolean isClosed;

    /** Threads that wait here; one may drive several VPs. */
    private final Set<Thread> waiting = new HashSet<>();

    /**
     * Does {@code work} while no VP runs, on the calling thread; one caller at a time.
     *
     * @param limitNanos how long VPs may take to come
     * @return for how long VPs were kept from going on, in nanoseconds
     * @throws SwapException if a VP does not come, before any work is done, or from {@code work}
     */
    long run(VpImpl[] vps, long limitNanos, Work work) throws SwapException {
        long from = System.nanoTime();
        synchronized (monitor) {
            isWanted = true;
        }
        try {
            for (VpImpl vp : vps) {
                vp.callToSafePoint();
            }
            synchronized (monitor) {
                for (VpImpl vp : vps) {
                    awaitArrival(vp, from + limitNanos);
                }
            }
            work.run();
        } finally {
            synchronized (monitor) {
                isWanted = false;
                monitor.notifyAll();
            }
        }
        return System.nanoTime() - from;
    }

    private void awaitArrival(VpImpl vp, long deadlineNanos) throws SwapException {
        while (vp.isDriven() && !waiting.contains(vp.driver())) {
            long left = deadlineNanos - System.nanoTime();
            if (left <= 0 || !pause(left)) {
                throw new SwapException("VP %d did not come to a safe point in time".formatted(vp.index()));
            }
        }
    }

    /** Waits here if a safe point is wanted. On the VP's thread, between two entries into the guest. */
    void arrive(VpImpl vp) {
        await(vp, () -> false, 0);
    }

    /**
     * Waits until {@code isVacant} is false, the time is over or the partition is closed, and then until no safe point is wanted.
     *
     * @param vp the VP on whose thread this is called, or null on another thread
     * @return whether it is no longer vacant
     */
    boolean await(VpImpl vp, BooleanSupplier isVacant, long limitNanos) {
        long deadline = System.nanoTime() + limitNanos;
        boolean isInterrupted = false;
        synchronized (monitor) {
            arrive(vp != null);
            while (!isClosed && isVacant.getAsBoolean()) {
                long left = deadline - System.nanoTime();
                if (left <= 0) {
                    break;
                }
                isInterrupted |= !pause(left);
            }
            while (vp != null && isWanted) {
                isInterrupted |= !pause(Long.MAX_VALUE);
            }
            waiting.remove(Thread.currentThread());
            if (isInterrupted) {
                Thread.currentThread().interrupt();
            }
            return !isVacant.getAsBoolean();
        }
    }

    private void arrive(boolean isVp) {
        if (isVp) {
            waiting.add(Thread.currentThread());
            monitor.notifyAll();
        }
    }

    /** Nobody waits for a successor any more. */
    void close() {
        synchronized (monitor) {
            isClosed = true;
            monitor.notifyAll();
        }
    }

    /** Waits on the monitor; false if the thread was interrupted. */
    private boolean pause(long nanos) {
        try {
            TimeUnit.NANOSECONDS.timedWait(monitor, nanos);
            return true;
        } catch (InterruptedException e) {
            return false;
        }
    }
}
