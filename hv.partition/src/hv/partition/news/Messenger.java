package hv.partition.news;

import hv.partition.failure.Callback;
import hv.partition.failure.Failures;
import hv.partition.failure.Limits;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Brings news to listeners: one thread tells, and another one sees to it that a listener who takes his time keeps only
 * the thread that is in him; the next one is told by a new thread. With nothing to tell there is no thread. Any thread.
 */
public final class Messenger {
    private static final String NAME = "hv-news";

    /** So long a listener may keep the others waiting, each time that there is something to tell him. */
    private static final Duration PATIENCE = Duration.ofMillis(50);

    private static final Duration IDLE = Duration.ofSeconds(5);

    /** How often it is looked after those who take their time. */
    private static final Duration LOOK = Duration.ofMillis(100);

    private final Limits limits;
    private final Failures failures;
    private final Executor threads = new ThreadPoolExecutor(
            0, Integer.MAX_VALUE, IDLE.toMillis(), TimeUnit.MILLISECONDS, new SynchronousQueue<>(), Messenger::teller);

    /** Those who have something to be told and nobody who tells; each is in it once. Guarded by this. */
    private final Deque<Inbox> waiting = new ArrayDeque<>();

    // Guarded by this.
    private boolean isLookedAfter;
    private boolean isTelling;

    /** Those who keep a thread. Of the thread that looks after them. */
    private final List<Inbox> slow = new ArrayList<>();

    /**
     * A messenger with nothing to tell.
     *
     * @param limits after which time a listener is said not to come back
     * @param failures where it is told that no thread can be had
     */
    public Messenger(Limits limits, Failures failures) {
        this.limits = limits;
        this.failures = failures;
    }

    /** It inherits nothing of who happens to need it first. */
    private static Thread teller(Runnable task) {
        Thread thread = new Thread(null, task, NAME, 0, false);
        thread.setDaemon(true);
        return thread;
    }

    private Thread guard() {
        Thread thread = new Thread(null, this::lookAfter, NAME + "-guard", 0, false);
        thread.setDaemon(true);
        return thread;
    }

    /** Somebody has something to be told. Never throws: it is called in the middle of what is told. */
    void tell(Inbox inbox) {
        try {
            synchronized (this) {
                waiting.addLast(inbox);
                notifyAll();
                if (!isLookedAfter) {
                    guard().start();
                    isLookedAfter = true;
                }
            }
        } catch (Throwable e) {
            // It waits for the next attempt.
            failures.record(Failures.HOST, Callback.THREAD, e);
        }
    }

    /** Waits until all is told, but not for those who take their time, and {@code limit} at most. */
    public synchronized void settle(Duration limit) {
        long deadline = System.nanoTime() + limit.toNanos();
        long nanos = limit.toNanos();
        try {
            while (isTelling || !waiting.isEmpty()) {
                if (nanos <= 0) {
                    return;
                }
                TimeUnit.NANOSECONDS.timedWait(this, nanos);
                nanos = deadline - System.nanoTime();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void lookAfter() {
        boolean isMore = true;
        while (isMore) {
            try {
                Inbox next = next();
                if (next != null) {
                    have(next);
                }
                slow.removeIf(Inbox::isDone);
                slow.forEach(inbox -> inbox.sayIfOverdue(limits.waiting()));
                isMore = next != null || !isOver();
            } catch (Throwable e) {
                failures.record(Failures.HOST, Callback.THREAD, e);
            }
        }
    }

    /** The next one; null if there is none for a while. */
    private synchronized Inbox next() throws InterruptedException {
        isTelling = false;
        notifyAll();
        if (waiting.isEmpty()) {
            TimeUnit.NANOSECONDS.timedWait(this, (slow.isEmpty() ? IDLE : LOOK).toNanos());
        }
        isTelling = !waiting.isEmpty();
        return waiting.pollFirst();
    }

    private synchronized boolean isOver() {
        isLookedAfter = !waiting.isEmpty() || !slow.isEmpty();
        return !isLookedAfter;
    }

    /** Has one told on another thread, and waits for that for a moment. */
    private void have(Inbox inbox) throws InterruptedException {
        CountDownLatch isTold = new CountDownLatch(1);
        try {
            threads.execute(new Errand(inbox, isTold));
        } catch (Throwable e) {
            // No thread can be had: later.
            failures.record(Failures.HOST, Callback.THREAD, e);
            putBack(inbox);
        }
        if (!isTold.await(PATIENCE.toNanos(), TimeUnit.NANOSECONDS) && !slow.contains(inbox)) {
            slow.add(inbox);
        }
    }

    /** Telling one. */
    private final class Errand implements Runnable {
        private final Inbox inbox;
        private final CountDownLatch isTold;

        Errand(Inbox inbox, CountDownLatch isTold) {
            this.inbox = inbox;
            this.isTold = isTold;
        }

        @Override
        public void run() {
            try {
                inbox.tellAll();
                isTold.countDown();
            } catch (Throwable e) {
                failures.record(Failures.LISTENER, Callback.NEWS, e);
                isTold.countDown();
            }
        }
    }

    private synchronized void putBack(Inbox inbox) {
        waiting.addLast(inbox);
    }
}
