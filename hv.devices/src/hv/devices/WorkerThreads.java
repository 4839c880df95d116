package hv.devices;

import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The threads on which the devices of all guests work: as many as there is work for at one time, at most 64, and none
 * while there is none. One more waits for what is due later. A device that does not come back keeps one of them, and
 * nobody else from having another.
 */
final class WorkerThreads extends ScheduledThreadPoolExecutor {
    private static final System.Logger LOG = System.getLogger("hv.devices");
    private static final int MOST = 64;
    private static final long IDLE_SECONDS = 10;
    private static final long RETRY_MILLIS = 2;

    private final AtomicInteger last = new AtomicInteger();
    private final ThreadPoolExecutor pool;

    WorkerThreads() {
        super(1, task -> thread(task, "hv-devices-later"));
        setKeepAliveTime(IDLE_SECONDS, TimeUnit.SECONDS);
        allowCoreThreadTimeOut(true);
        setRemoveOnCancelPolicy(true);
        pool = new ThreadPoolExecutor(
                0,
                MOST,
                IDLE_SECONDS,
                TimeUnit.SECONDS,
                new SynchronousQueue<>(),
                task -> thread(task, "hv-device-" + last.incrementAndGet()));
    }

    /** It inherits nothing of who happens to need it first. */
    private static Thread thread(Runnable task, String name) {
        Thread thread = new Thread(null, task, name, 0, false);
        thread.setDaemon(true);
        return thread;
    }

    /** What a thread does; whatever it throws is contained here. */
    private record Task(Runnable work) implements Runnable {
        @Override
        public void run() {
            try {
                work.run();
            } catch (Throwable e) {
                LOG.log(System.Logger.Level.ERROR, "work for a device failed", e);
            }
        }
    }

    @Override
    public void execute(Runnable work) {
        Task task = new Task(work);
        try {
            pool.execute(task);
        } catch (RejectedExecutionException e) {
            // All are busy.
            super.schedule(new Task(() -> execute(work)), RETRY_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    @Override
    public ScheduledFuture<?> schedule(Runnable work, long delay, TimeUnit unit) {
        return super.schedule(new Task(() -> execute(work)), delay, unit);
    }

    /**
     * Calls code of a bundle, for a limited time.
     *
     * @param what what is done, for people
     * @throws RefusedException if it throws, or takes longer
     */
    <T> T limited(String what, long seconds, Callable<T> code) throws RefusedException {
        FutureTask<T> answer = new FutureTask<>(code);
        execute(answer);
        try {
            return answer.get(seconds, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw new RefusedException("%s: %s".formatted(what, reason(e.getCause())), e.getCause());
        } catch (TimeoutException e) {
            answer.cancel(true);
            throw new RefusedException("%s took more than %d s".formatted(what, seconds), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new RefusedException("interrupted", e);
        }
    }

    private static String reason(Throwable thrown) {
        return thrown.getMessage() == null ? thrown.getClass().getSimpleName() : thrown.getMessage();
    }

    @Override
    public void shutdown() {
        super.shutdownNow();
        pool.shutdown();
    }
}
