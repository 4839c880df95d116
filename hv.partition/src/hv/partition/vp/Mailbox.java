package hv.partition.vp;

import hv.api.enlightenment.Doorbell;
import hv.api.host.Host;
import hv.partition.failure.Callback;
import hv.partition.failure.Failures;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * What other threads want a VP to do. Doorbells are bits in one word: rings coalesce, nothing is queued, nothing is
 * allocated. Tasks, for inspection only, wait in a bounded queue announced by the top bit. The bit below it calls the
 * VP to a {@link SafePoint}.
 *
 * <p>The first ring after a drain kicks the VP; later ones find a bit set and know that the kick is under way.
 */
public final class Mailbox {
    static final int MAX_DOORBELLS = 62;
    static final int MAX_TASKS = 1024;

    /** How often a drain looks again before the guest has its turn. */
    static final int MAX_ROUNDS = 64;

    private static final long TASKS = 1L << 63;
    private static final long SAFE_POINT = 1L << 62;
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
    private final Runnable safePoint;
    private final AtomicReferenceArray<Bell> bells = new AtomicReferenceArray<>(MAX_DOORBELLS);
    private final ConcurrentLinkedQueue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final AtomicInteger taskCount = new AtomicInteger();

    @SuppressWarnings("unused") // accessed through PENDING
    private long pending;

    /** The thread that drains; a ring on it needs no kick, since it drains again before it enters the guest. */
    private volatile Thread owner;

    private volatile boolean closed;

    /** A mailbox whose VP runs {@code safePoint} when it is called to one. */
    Mailbox(Host host, int vp, Failures failures, Runnable safePoint) {
        this.host = host;
        this.vp = vp;
        this.failures = failures;
        this.safePoint = safePoint;
    }

    /**
     * Adds a doorbell. Any thread.
     *
     * @param place whose it is
     * @param callback what its ring asks for, if the work fails
     */
    Doorbell doorbell(String place, Callback callback, Runnable work) {
        for (int i = 0; i < MAX_DOORBELLS; i++) {
            Bell bell = new Bell(1L << i, place, callback, work);
            if (bells.compareAndSet(i, null, bell)) {
                return bell;
            }
        }
        throw new IllegalStateException("more than " + MAX_DOORBELLS + " doorbells on VP " + vp);
    }

    /** Takes a doorbell back: it can be rung and does nothing, and its place is free. While the VP does not drain. */
    void release(Doorbell doorbell) {
        if (doorbell instanceof Bell bell) {
            bell.work = null;
            bells.compareAndSet(Long.numberOfTrailingZeros(bell.bit), bell, null);
        }
    }

    /** Has the VP come to a safe point. Any thread. */
    void callToSafePoint() {
        ring(SAFE_POINT);
    }

    /** The thread that drained this last; null if none has. */
    Thread driver() {
        return owner;
    }

    /** Whether the calling thread is the one that drains. */
    boolean isOwn() {
        return owner == Thread.currentThread();
    }

    private void ring(long bit) {
        long before = (long) PENDING.getAndBitwiseOr(this, bit);
        if (before == 0 && Thread.currentThread() != owner) {
            kick();
        }
    }

    /** Whoever rings is not to blame for a host that cannot kick; the VP sees the bit at its next drain. */
    private void kick() {
        try {
            host.kick(vp);
        } catch (Throwable e) {
            failures.onVp(Failures.HOST, Callback.KICK, vp, e);
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
            } catch (Throwable e) {
                future.completeExceptionally(e);
            }
        });
        ring(TASKS);
        if (closed) {
            close(); // It was closed while the task went in; nobody else would take it out.
        }
        return future;
    }

    /** Runs what is pending, and what that makes pending. On the VP's thread. */
    void drain() {
        if (owner != Thread.currentThread()) {
            owner = Thread.currentThread();
        }
        for (int round = 0; (long) PENDING.getAcquire(this) != 0; round++) {
            if (round == MAX_ROUNDS) {
                // Work that rings its own bell for ever: the guest has its turn in between.
                kick();
                return;
            }
            answer((long) PENDING.getAndSet(this, 0L));
        }
    }

    private void answer(long rung) {
        long rest = rung & ~(TASKS | SAFE_POINT);
        try {
            if ((rung & SAFE_POINT) != 0) {
                safePoint.run();
            }
            if ((rung & TASKS) != 0) {
                runTasks();
            }
            for (; rest != 0; rest &= rest - 1) {
                Bell bell = bells.get(Long.numberOfTrailingZeros(rest));
                if (bell != null) {
                    answer(bell);
                }
            }
        } finally {
            if (rest != 0) {
                // Something of ours has failed. What was rung stays rung.
                ring(rest);
            }
        }
    }

    /** Nothing that the work throws keeps the other bells of the word from being answered. */
    private void answer(Bell bell) {
        Runnable work = bell.work;
        try {
            if (work != null) {
                work.run();
            }
        } catch (Throwable e) {
            failures.onVp(bell.place, bell.callback, vp, e);
        }
    }

    /** Fails what still waits. */
    void close() {
        closed = true;
        runTasks();
    }

    /** One doorbell: a bit, and the work until it is taken back. */
    private final class Bell implements Doorbell {
        private final long bit;
        private final String place;
        private final Callback callback;
        private volatile Runnable work;

        Bell(long bit, String place, Callback callback, Runnable work) {
            this.bit = bit;
            this.place = place;
            this.callback = callback;
            this.work = work;
        }

        @Override
        public void ring() {
            if (work != null) {
                Mailbox.this.ring(bit);
            }
        }
    }

    private void runTasks() {
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
            taskCount.decrementAndGet();
            try {
                task.run();
            } catch (Throwable e) {
                // What the task itself throws goes to who waits for it; this is what completing the future led to.
                failures.onVp(Failures.TASK, Callback.TASK, vp, e);
            }
        }
    }
}
