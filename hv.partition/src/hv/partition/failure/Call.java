package hv.partition.failure;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * One call of bundles' code by a thread of its own. That thread and the one that waits agree under the monitor on
 * whether the call was given up; from then on nothing that the call does is seen.
 */
final class Call<T> implements Runnable, BundleCalls.Steps {
    static final String NAME = "hv-bundle-call";

    /**
     * The limit is waited for in so many parts, so that a process that was stopped for a while loses no more than one.
     */
    private static final int PARTS = 16;

    private final BundleCalls.Work<T> work;
    private final Failures failures;
    private final ClassLoader callersLoader = Thread.currentThread().getContextClassLoader();

    // All guarded by this; once the call is given up they stay as they are.
    private Thread thread;
    private Callee callee;
    private Callback callback;
    private int steps;
    private boolean isDone;
    private boolean isGivenUp;
    private T result;
    private Throwable failure;

    /** Ends work that was given up. */
    private static final class GivenUp extends Error {
        private static final long serialVersionUID = 1;

        GivenUp() {
            super("given up", null, false, false);
        }
    }

    Call(BundleCalls.Work<T> work, Failures failures) {
        this.work = work;
        this.failures = failures;
    }

    @Override
    public void run() {
        Thread self = Thread.currentThread();
        synchronized (this) {
            thread = self;
        }
        T made = null;
        Throwable thrown = null;
        try {
            self.setContextClassLoader(callersLoader);
            made = work.run(this);
        } catch (Throwable e) {
            thrown = e;
        } finally {
            self.setContextClassLoader(null);
            end(made, thrown);
            Thread.interrupted(); // The next call begins as a thread does.
        }
    }

    private synchronized void end(T made, Throwable thrown) {
        result = made;
        failure = thrown;
        isDone = true;
        notifyAll();
        if (isGivenUp) {
            thread.setName(NAME);
            callee.comeBack();
        }
    }

    @Override
    public synchronized void enter(Callee next, Callback what) throws CallException {
        leaveIfGivenUp();
        String refusal = next.refusal();
        if (refusal != null) {
            throw new CallException(refusal, null);
        }
        callee = next;
        callback = what;
        steps++;
    }

    @Override
    public synchronized void commit(Runnable change) {
        leaveIfGivenUp();
        change.run();
    }

    private void leaveIfGivenUp() {
        if (isGivenUp) {
            throw new GivenUp();
        }
    }

    /** Waits for the end, or until a step has taken longer than {@code limit}. */
    T await(Duration limit) throws CallException {
        if (!isDoneWithin(limit)) {
            throw overdue(limit);
        }
        synchronized (this) {
            if (failure == null) {
                return result;
            }
            if (failure instanceof CallException refusal) {
                throw refusal;
            }
            CallException told = CallException.of(callee, callback, failure);
            if (!told.isRefusal()) {
                failures.record(callee == null ? Failures.HOST : callee.place(), callback, failure);
            }
            throw told;
        }
    }

    /** False if the call was given up. */
    private boolean isDoneWithin(Duration limit) {
        long part = Math.max(limit.toNanos() / PARTS, 1);
        boolean isInterrupted = false;
        boolean isInTime;
        synchronized (this) {
            int seen = steps;
            int parts = 0;
            while (!isDone && parts < PARTS) {
                long from = System.nanoTime();
                try {
                    TimeUnit.NANOSECONDS.timedWait(this, part);
                } catch (InterruptedException e) {
                    isInterrupted = true;
                }
                if (steps != seen || callee == null) {
                    seen = steps;
                    parts = 0;
                } else if (System.nanoTime() - from >= part) {
                    parts++;
                }
            }
            isGivenUp = !isDone;
            if (isGivenUp) {
                callee.hang(callback);
                thread.setName("hv-hung in " + callee.origin() + ", " + callback);
            }
            isInTime = isDone;
        }
        if (isInterrupted) {
            Thread.currentThread().interrupt();
        }
        return isInTime;
    }

    private CallException overdue(Duration limit) {
        Callee hung;
        Callback what;
        Thread inside;
        synchronized (this) {
            hung = callee;
            what = callback;
            inside = thread;
        }
        OverdueException overdue = new OverdueException(
                "%s has not come back from %s for %d ms".formatted(hung.origin(), what, limit.toMillis()), inside);
        failures.record(hung.place(), what, overdue);
        synchronized (this) {
            if (!isDone) {
                // Ends what waits for something.
                inside.interrupt();
            }
        }
        return new CallException(overdue.getMessage(), overdue);
    }
}
