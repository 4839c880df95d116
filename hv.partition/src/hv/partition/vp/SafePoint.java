package hv.partition.vp;

import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * Where the VPs of a partition wait, out of the guest and out of every handler, while somebody changes what they are
 * routed to.
 *
 * <p>Whoever wants a safe point rings every VP; each comes to {@link #arrive} the next time it drains its mailbox, and
 * stays. A VP that waits for the successor of an enlightenment ({@link #await}) is at a safe point all the while, and
 * so is one that nobody drives: its thread is the caller, has ended, or there was none yet. The others have a bounded
 * time to come.
 *
 * <p>The work is done by whoever comes last, so that no VP waits for another thread to be given a processor first.
 */
public final class SafePoint {
    /** What is done while all VPs wait. */
    @FunctionalInterface
    public interface Work {
        public void run() throws SwapException;
    }

    private final Object monitor = new Object();

    /** Threads of VPs that wait here; one may drive several VPs. Guarded by monitor. */
    private final Set<Thread> waiting = new HashSet<>();

    /** What is wanted; null if nothing is. Guarded by monitor. */
    private Stop stop;

    private boolean isClosed;

    /** One safe point. Guarded by monitor, but for what is final. */
    private static final class Stop {
        private final VpImpl[] vps;
        private final Thread caller = Thread.currentThread();
        private final Work work;
        private boolean isTaken;
        private boolean isDone;
        private Throwable failure;

        /** VP threads that came for this and have not gone on yet. */
        private int held;

        private long longestNanos;

        Stop(VpImpl[] vps, Work work) {
            this.vps = vps;
            this.work = work;
        }
    }

    /**
     * Has {@code work} done while no VP runs; one caller at a time.
     *
     * @param limitNanos how long VPs may take to come
     * @return for how long a VP was kept from going on, at most, in nanoseconds
     * @throws SwapException if a VP does not come, before any work is done, or from {@code work}
     */
    public long run(VpImpl[] vps, long limitNanos, Work work) throws SwapException {
        long deadline = System.nanoTime() + limitNanos;
        Stop mine = new Stop(vps, work);
        synchronized (monitor) {
            stop = mine;
        }
        try {
            for (VpImpl vp : vps) {
                vp.callToSafePoint();
            }
            awaitVps(mine, deadline);
            if (take(mine)) {
                carryOut(mine);
            }
            awaitEnd(mine);
        } finally {
            takeBack(mine);
        }
        return result(mine);
    }

    private void awaitVps(Stop mine, long deadline) throws SwapException {
        boolean isInterrupted = false;
        synchronized (monitor) {
            while (!mine.isTaken && absentee(mine) != null) {
                long left = deadline - System.nanoTime();
                if (left <= 0) {
                    throw SwapException.absent(absentee(mine));
                }
                isInterrupted |= !pause(left);
            }
        }
        if (isInterrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void awaitEnd(Stop mine) {
        boolean isInterrupted = false;
        synchronized (monitor) {
            while (!mine.isDone || mine.held > 0) {
                isInterrupted |= !pause(Long.MAX_VALUE);
            }
        }
        if (isInterrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Whatever has happened, VPs are not kept: if nobody has begun with the work, nobody will. */
    private void takeBack(Stop mine) {
        synchronized (monitor) {
            if (!mine.isTaken) {
                mine.isTaken = true;
                end(mine);
            }
        }
    }

    private static long result(Stop done) throws SwapException {
        if (done.failure instanceof SwapException refusal) {
            throw refusal;
        }
        if (done.failure != null) {
            throw SwapException.of("the change", done.failure);
        }
        return done.longestNanos;
    }

    /** The first VP that is not at a safe point; null if all are. Under the monitor. */
    private VpImpl absentee(Stop wanted) {
        for (VpImpl vp : wanted.vps) {
            Thread driver = vp.driver();
            boolean isHere = driver == null || driver == wanted.caller || waiting.contains(driver) || !driver.isAlive();
            if (!isHere) {
                return vp;
            }
        }
        return null;
    }

    /** Whether the calling thread is to do the work. */
    private boolean take(Stop wanted) {
        synchronized (monitor) {
            boolean isOurs = !wanted.isTaken && absentee(wanted) == null;
            wanted.isTaken |= isOurs;
            return isOurs;
        }
    }

    private void carryOut(Stop taken) {
        long from = System.nanoTime();
        Throwable failure = null;
        try {
            taken.work.run();
        } catch (Throwable e) {
            failure = e;
        } finally {
            synchronized (monitor) {
                taken.failure = failure;
                taken.longestNanos = Math.max(taken.longestNanos, System.nanoTime() - from);
                end(taken);
            }
        }
    }

    private void end(Stop ended) {
        ended.isDone = true;
        stop = null;
        monitor.notifyAll();
    }

    /**
     * Waits here while a safe point is wanted, and does its work if all others are here. On the VP's thread, between
     * two entries into the guest.
     */
    public void arrive() {
        long from = System.nanoTime();
        Stop wanted;
        synchronized (monitor) {
            wanted = stop;
            if (wanted == null) {
                return;
            }
            waiting.add(Thread.currentThread());
            wanted.held++;
            monitor.notifyAll();
        }
        try {
            if (take(wanted)) {
                carryOut(wanted);
            }
        } finally {
            leave(wanted, from);
        }
    }

    private void leave(Stop wanted, long from) {
        boolean isInterrupted = false;
        synchronized (monitor) {
            while (!wanted.isDone) {
                isInterrupted |= !pause(Long.MAX_VALUE);
            }
            waiting.remove(Thread.currentThread());
            wanted.held--;
            wanted.longestNanos = Math.max(wanted.longestNanos, System.nanoTime() - from);
            monitor.notifyAll();
        }
        if (isInterrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Waits until {@code isVacant} is false, the time is over or the partition is closed, and on a VP's thread also
     * until no safe point is wanted.
     *
     * @param isVp whether this is the thread of a VP
     * @param deadlineNanos of {@link System#nanoTime}
     * @return whether somebody came; who may have left again since
     */
    public boolean await(boolean isVp, BooleanSupplier isVacant, long deadlineNanos) {
        boolean isThere;
        boolean isInterrupted = false;
        synchronized (monitor) {
            if (isVp) {
                waiting.add(Thread.currentThread());
                monitor.notifyAll();
            }
            isThere = !isVacant.getAsBoolean();
            for (long left = 1; !isThere && !isClosed && left > 0; isThere = !isVacant.getAsBoolean()) {
                left = deadlineNanos - System.nanoTime();
                if (left > 0) {
                    isInterrupted |= !pause(left);
                }
            }
            while (isVp && stop != null) {
                isInterrupted |= !pause(Long.MAX_VALUE);
            }
            waiting.remove(Thread.currentThread());
        }
        if (isInterrupted) {
            Thread.currentThread().interrupt();
        }
        return isThere;
    }

    /** Nobody waits for a successor any more. */
    public void close() {
        synchronized (monitor) {
            isClosed = true;
            monitor.notifyAll();
        }
    }

    /** Whether that is so. */
    public boolean isClosed() {
        synchronized (monitor) {
            return isClosed;
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
