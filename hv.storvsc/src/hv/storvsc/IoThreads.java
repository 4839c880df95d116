package hv.storvsc;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The threads that wait for a device's disks: as many as there is work for at one time, at most 16, and none while
 * there is none for some seconds. They are platform threads: what they wait in is the kernel. Any thread.
 */
final class IoThreads {
    private static final System.Logger LOG = System.getLogger("hv.storvsc");
    private static final int MOST = 16;
    private static final long IDLE_SECONDS = 5;

    private final String name;
    private final ArrayBlockingQueue<Runnable> queue;
    private final AtomicInteger threads = new AtomicInteger();
    private final AtomicInteger idle = new AtomicInteger();

    /** @param mostWaiting so much work waits at most */
    IoThreads(String name, int mostWaiting) {
        this.name = "hv-disk-" + name;
        this.queue = new ArrayBlockingQueue<>(mostWaiting);
    }

    /** Has something done; false if too much waits already. */
    boolean submit(Runnable work) {
        if (!queue.offer(work)) {
            return false;
        }
        if (idle.get() < queue.size() && threads.get() < MOST) {
            more();
        }
        return true;
    }

    private void more() {
        if (threads.incrementAndGet() > MOST) {
            threads.decrementAndGet();
            return;
        }
        try {
            Thread thread = new Thread(null, this::run, name, 0, false);
            thread.setDaemon(true);
            thread.start();
        } catch (Throwable e) {
            // Those that there are do it; if there is none, whoever watches the requests completes them.
            threads.decrementAndGet();
            LOG.log(System.Logger.Level.WARNING, "no further thread for disks", e);
        }
    }

    private void run() {
        try {
            Runnable work = next();
            while (work != null) {
                try {
                    work.run();
                } catch (Throwable e) {
                    LOG.log(System.Logger.Level.ERROR, "work for a disk failed", e);
                }
                work = next();
            }
        } catch (Throwable e) {
            LOG.log(System.Logger.Level.ERROR, "a thread for disks ends", e);
        } finally {
            threads.decrementAndGet();
            // What came while this one was about to end.
            if (!queue.isEmpty() && threads.get() == 0) {
                more();
            }
        }
    }

    private Runnable next() throws InterruptedException {
        idle.incrementAndGet();
        try {
            return queue.poll(IDLE_SECONDS, TimeUnit.SECONDS);
        } finally {
            idle.decrementAndGet();
        }
    }
}
