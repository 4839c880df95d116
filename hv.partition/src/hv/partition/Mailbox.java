package hv.partition;

import hv.api.Doorbell;
import hv.api.host.Host;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * What other threads want a VP to do. Doorbells are bits in one word: rings coalesce, nothing is queued, nothing is allocated.
 * Tasks, for inspection only, wait in a bounded queue announced by the top bit.
 *
 * <p>The first ring after a drain kicks the VP; later ones find a bit set and know that the kick is under way.
 */
final class Mailbox {
    static final int MAX_DOORBELLS = 63;
    static final int MAX_TASKS = 1024;

    private static final long TASKS = 1L << 63;
    private static final VarHandle PENDING;

    static {
        try {
            PENDING = MethodHandles.lookup().findVarHandle(Mailbox.class, "pending", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final Host host;
    private final int vp;
    private final Failures failures;
    private final List<Runnable> work = new ArrayList<>();
    private final ConcurrentLinkedQueue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final AtomicInteger taskCount = new AtomicInteger();

    @SuppressWarnings("unused") // accessed through PENDING
    private long pending;

    /** The thread that drains; a ring on it needs no kick, since it drains again before it enters the guest. */
    private volatile Thread owner;

    private volatile boolean closed;

    Mailbox(Host host, int vp, Failures failures) {
        this.host = host;
        this.vp = vp;
        this.failures = failures;
    }

    /** Adds a doorbell; before the VP runs. */
    Doorbell doorbell(Runnable runnable) {
        synchronized (work) {
            if (work.size() == MAX_DOORBELLS) {
                throw new IllegalStateException("more than " + MAX_DOORBELLS + " doorbells on VP " + vp);
            }
            work.add(runnable);
            long bit = 1L << (work.size() - 1);
            return () -> ring(bit);
        }
    }

    private void ring(long bit) {
        long before = (long) PENDING.getAndBitwiseOr(this, bit);
        if (before == 0 && Thread.currentThread() != owner) {
            host.kick(vp);
        }
    }

    <T> CompletableFuture<T> submit(Callable<T> task) {
        CompletableFuture<T> future = new CompletableFuture<>();
        if (closed || taskCount.incrementAndGet() > MAX_TASKS) {
            taskCount.decrementAndGet();
            future.completeExceptionally(
                    new IllegalStateException(closed ? "the partition is closed" : "too many tasks wait for VP " + vp));
            return future;
        }
        tasks.add(() -> {
            if (closed) {
                future.completeExceptionally(new IllegalStateException("the partition is closed"));
                return;
            }
            try {
                future.complete(task.call());
            } catch (Exception e) {
                future.completeExceptionally(e);
            }
        });
        ring(TASKS);
        if (closed) {
            close(); // It was closed while the task went in; nobody else would take it out.
        }
        return future;
    }

    /** Runs what is pending. On the VP's thread. */
    void drain() {
        if (owner != Thread.currentThread()) {
            owner = Thread.currentThread();
        }
        if ((long) PENDING.getAcquire(this) == 0) {
            return;
        }
        long bells = (long) PENDING.getAndSet(this, 0L);
        if ((bells & TASKS) != 0) {
            runTasks();
        }
        for (long rest = bells & ~TASKS; rest != 0; rest &= rest - 1) {
            try {
                work.get(Long.numberOfTrailingZeros(rest)).run();
            } catch (RuntimeException e) {
                failures.record("a doorbell of VP " + vp, e);
            }
        }
    }

    /** Fails what still waits. */
    void close() {
        closed = true;
        runTasks();
    }

    private void runTasks() {
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
            taskCount.decrementAndGet();
            task.run();
        }
    }
}
