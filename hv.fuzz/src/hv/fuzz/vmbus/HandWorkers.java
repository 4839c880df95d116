package hv.fuzz.vmbus;

import hv.fuzz.target.Finding;
import java.util.List;
import java.util.PriorityQueue;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.Callable;
import java.util.concurrent.Delayed;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RunnableScheduledFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Workers without threads: what they are given is done when the caller says so, in its order, on a clock that the
 * caller moves. So the same input does the same again. One thread, but for what is given
 * to them.
 */
final class HandWorkers extends AbstractExecutorService implements ScheduledExecutorService {
    private static final int MOST_TASKS = 100_000;

    private final ReentrantLock lock = new ReentrantLock();
    private final PriorityQueue<Task<?>> waiting = new PriorityQueue<>();
    private final AtomicLong now = new AtomicLong();
    private long tasks;
    private volatile boolean isShut;

    private final class Task<V> extends FutureTask<V> implements RunnableScheduledFuture<V> {
        private final long dueNanos;
        private final long number;

        Task(Callable<V> work, long dueNanos, long number) {
            super(work);
            this.dueNanos = dueNanos;
            this.number = number;
        }

        @Override
        public long getDelay(TimeUnit unit) {
            return unit.convert(dueNanos - now.get(), TimeUnit.NANOSECONDS);
        }

        @Override
        public int compareTo(Delayed other) {
            Task<?> that = (Task<?>) other;
            return dueNanos == that.dueNanos
                    ? Long.compare(number, that.number)
                    : Long.compare(dueNanos, that.dueNanos);
        }

        @Override
        public boolean isPeriodic() {
            return false;
        }

        @Override
        public boolean cancel(boolean isInterrupting) {
            lock.lock();
            try {
                waiting.remove(this);
            } finally {
                lock.unlock();
            }
            return super.cancel(isInterrupting);
        }

        @Override
        public boolean equals(Object other) {
            return this == other;
        }

        @Override
        public int hashCode() {
            return Long.hashCode(number);
        }
    }

    long nowNanos() {
        return now.get();
    }

    /** Lets time pass; what becomes due is done by {@link #run}. */
    void advance(long nanos) {
        now.addAndGet(nanos);
    }

    /**
     * Does what is due.
     *
     * @param most how many tasks
     * @throws Finding if one of them ends in an exception, or they never come to an end
     */
    void run(int most) {
        for (int done = 0; done < most; done++) {
            Task<?> next = next();
            if (next == null) {
                return;
            }
            next.run();
            thrownBy(next);
            if (done == MOST_TASKS) {
                throw new Finding("the bus never comes to rest");
            }
        }
    }

    private Task<?> next() {
        lock.lock();
        try {
            Task<?> next = waiting.peek();
            return next == null || next.dueNanos > now.get() ? null : waiting.remove();
        } finally {
            lock.unlock();
        }
    }

    /** Works until a call has come back that waits for what is done here. */
    void whileWorking(Runnable call) {
        FutureTask<Void> called = new FutureTask<>(call, null);
        Thread caller = Thread.ofPlatform().daemon().start(called);
        while (!called.isDone()) {
            run(Integer.MAX_VALUE);
            Thread.onSpinWait();
        }
        try {
            called.get();
            caller.join();
        } catch (ExecutionException e) {
            throw new Finding("a call of the host's fails", e.getCause());
        } catch (InterruptedException e) {
            throw new AssertionError("it has ended", e);
        }
    }

    private static void thrownBy(Task<?> task) {
        if (task.isCancelled()) {
            return;
        }
        try {
            task.get();
        } catch (ExecutionException e) {
            throw new Finding("a task of the bus ends in an exception", e.getCause());
        } catch (InterruptedException e) {
            throw new AssertionError("it has ended", e);
        }
    }

    private <V> ScheduledFuture<V> add(Callable<V> work, long delay, TimeUnit unit) {
        lock.lock();
        try {
            Task<V> task = new Task<>(work, now.get() + Math.max(0, unit.toNanos(delay)), tasks++);
            waiting.add(task);
            return task;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void execute(Runnable work) {
        add(Executors.callable(work), 0, TimeUnit.NANOSECONDS);
    }

    @Override
    public ScheduledFuture<?> schedule(Runnable work, long delay, TimeUnit unit) {
        return add(Executors.callable(work), delay, unit);
    }

    @Override
    public <V> ScheduledFuture<V> schedule(Callable<V> work, long delay, TimeUnit unit) {
        return add(work, delay, unit);
    }

    @Override
    public ScheduledFuture<?> scheduleAtFixedRate(Runnable work, long delay, long period, TimeUnit unit) {
        throw new UnsupportedOperationException("nobody has asked for that yet");
    }

    @Override
    public ScheduledFuture<?> scheduleWithFixedDelay(Runnable work, long delay, long period, TimeUnit unit) {
        throw new UnsupportedOperationException("nobody has asked for that yet");
    }

    @Override
    public void shutdown() {
        isShut = true;
    }

    @Override
    public List<Runnable> shutdownNow() {
        isShut = true;
        lock.lock();
        try {
            waiting.clear();
        } finally {
            lock.unlock();
        }
        return List.of();
    }

    @Override
    public boolean isShutdown() {
        return isShut;
    }

    @Override
    public boolean isTerminated() {
        return isShut;
    }

    @Override
    public boolean awaitTermination(long limit, TimeUnit unit) {
        return isTerminated();
    }
}
