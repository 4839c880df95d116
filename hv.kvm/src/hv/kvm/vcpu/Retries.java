package hv.kvm.vcpu;

import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Does again, a little later, what could not be done yet, on one thread of a VM made for that. Each {@link Retry} waits
 * twice as long as the time before, so that what cannot be done for long costs next to nothing, and is done at the
 * latest when it has been possible for as long as it was not. Any thread.
 */
public final class Retries implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Retries.class.getName());

    private static final long FIRST_MICROS = 100;
    private static final long LAST_MICROS = 12_800;

    private final ScheduledExecutorService executor = Executors.newSingleThreadScheduledExecutor(
            task -> Thread.ofPlatform().daemon().name("hv-vm-retries").unstarted(task));

    /** One thing that may have to be done again. */
    final class Retry {
        private final Runnable action;
        private final AtomicBoolean isWaiting = new AtomicBoolean();
        private volatile long micros = FIRST_MICROS;

        private Retry(Runnable action) {
            this.action = action;
        }

        /** Has the action run once, unless it is going to already. */
        void later() {
            if (isWaiting.compareAndSet(false, true)) {
                try {
                    executor.schedule(this::run, micros, TimeUnit.MICROSECONDS);
                } catch (RejectedExecutionException e) {
                    LOG.log(System.Logger.Level.DEBUG, "retry in a VM that is being closed", e);
                }
            }
        }

        private void run() {
            micros = Math.min(2 * micros, LAST_MICROS);
            isWaiting.set(false);
            try {
                action.run();
            } catch (Throwable e) {
                LOG.log(System.Logger.Level.WARNING, "a retry has failed", e);
            }
        }

        /** It was done: the next time does not wait long. */
        void done() {
            micros = FIRST_MICROS;
        }
    }

    /** Something that is done by {@code action}, which does not wait. */
    Retry of(Runnable action) {
        return new Retry(action);
    }

    /** Nothing is done again from now on. */
    @Override
    public void close() {
        executor.shutdownNow();
    }
}
