package hv.partition;

import hv.partition.failure.Callback;
import hv.partition.failure.Failures;
import hv.partition.plan.Catalogue;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Versions that have come and are still to take their places, and the one thread that sees to it, so that who brings a
 * version need not wait for that. There is no thread while nothing comes. Any thread.
 */
final class Arrivals {
    private static final Duration IDLE = Duration.ofSeconds(5);

    private final Consumer<Catalogue.Entry> bring;
    private final Failures failures;
    private final ThreadPoolExecutor thread;

    /** Those that are not where they belong yet. Guarded by this. */
    private final Set<Catalogue.Entry> waiting = new LinkedHashSet<>();

    /** @param bring has a version take its places; called by one thread at a time */
    Arrivals(Consumer<Catalogue.Entry> bring, Failures failures) {
        this.bring = bring;
        this.failures = failures;
        thread = new ThreadPoolExecutor(
                1, 1, IDLE.toMillis(), TimeUnit.MILLISECONDS, new LinkedBlockingQueue<>(), Arrivals::thread);
        thread.allowCoreThreadTimeOut(true);
    }

    /** It inherits nothing of who happens to need it first. */
    private static Thread thread(Runnable task) {
        Thread thread = new Thread(null, task, "hv-arrivals", 0, false);
        thread.setDaemon(true);
        return thread;
    }

    /** Has a version take its places soon; at once if no thread can be had. */
    void add(Catalogue.Entry entry) {
        synchronized (this) {
            if (!waiting.add(entry)) {
                return;
            }
        }
        Arrival arrival = new Arrival(entry);
        try {
            thread.execute(arrival);
        } catch (Throwable e) {
            failures.record(Failures.HOST, Callback.THREAD, e);
            arrival.run();
        }
    }

    /** One of them. */
    private final class Arrival implements Runnable {
        private final Catalogue.Entry entry;

        Arrival(Catalogue.Entry entry) {
            this.entry = entry;
        }

        @Override
        public void run() {
            try {
                bring.accept(entry);
            } catch (Throwable e) {
                failures.record(Failures.HOST, Callback.SUCCESSION, e);
            }
            done(entry);
        }
    }

    private synchronized void done(Catalogue.Entry entry) {
        waiting.remove(entry);
        notifyAll();
    }

    /** Waits until none is left; false if that takes longer, or the caller is interrupted. */
    synchronized boolean awaitNone(Duration limit) {
        long deadline = System.nanoTime() + limit.toNanos();
        try {
            while (!waiting.isEmpty()) {
                long nanos = deadline - System.nanoTime();
                if (nanos <= 0) {
                    return false;
                }
                TimeUnit.NANOSECONDS.timedWait(this, nanos);
            }
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
