package hv.kvm;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.IntConsumer;

/**
 * Brings what VP threads have to tell to the VM's listener, on one thread made for that, and kicks VPs that want to try
 * something again. Any thread.
 */
final class VmEvents implements VcpuThread.Observer {
    private static final System.Logger LOG = System.getLogger(VmEvents.class.getName());

    private static final long RETRY_MICROS = 100;

    private final VmListener listener;
    private final IntConsumer kick;
    private final ExecutorService events;
    private final ScheduledExecutorService retries;
    private volatile Thread teller;

    VmEvents(VmListener listener, IntConsumer kick) {
        this.listener = listener;
        this.kick = kick;
        this.events = Executors.newSingleThreadExecutor(task -> {
            teller = Thread.ofPlatform().daemon().name("hv-vm-events").unstarted(task);
            return teller;
        });
        this.retries = Executors.newSingleThreadScheduledExecutor(
                task -> Thread.ofPlatform().daemon().name("hv-vm-retries").unstarted(task));
    }

    /** Whether this is the thread on which the listener is told. */
    boolean isTeller() {
        return Thread.currentThread() == teller;
    }

    /** Has the listener do {@code event}, later; {@code afterwards} is run in any case but that of a closed VM. */
    void tell(Consumer<VmListener> event, Runnable afterwards) {
        try {
            events.execute(() -> {
                try {
                    event.accept(listener);
                } catch (RuntimeException e) {
                    LOG.log(System.Logger.Level.ERROR, "the listener of a VM failed", e);
                } finally {
                    afterwards.run();
                }
            });
        } catch (RejectedExecutionException e) {
            LOG.log(System.Logger.Level.DEBUG, "event of a VM that is being closed", e);
        }
    }

    private void tell(Consumer<VmListener> event) {
        tell(event, () -> {});
    }

    /** Nothing new is told from now on. */
    void close() {
        events.shutdown();
        retries.shutdownNow();
    }

    @Override
    public void shutdown(int vp) {
        tell(told -> told.shutdown(vp));
    }

    @Override
    public void failed(int vp, Throwable cause) {
        String line = cause instanceof KvmException ? cause.getMessage() : unexpected(cause);
        LOG.log(System.Logger.Level.DEBUG, "VP " + vp + " stopped", cause);
        tell(told -> told.failed(vp, "VP %d stopped: %s".formatted(vp, line)));
    }

    @Override
    public void retry(int vp) {
        try {
            retries.schedule(() -> kick.accept(vp), RETRY_MICROS, TimeUnit.MICROSECONDS);
        } catch (RejectedExecutionException e) {
            LOG.log(System.Logger.Level.DEBUG, "retry in a VM that is being closed", e);
        }
    }

    private static String unexpected(Throwable cause) {
        StackTraceElement[] stack = cause.getStackTrace();
        return "unexpected %s%s".formatted(cause, stack.length == 0 ? "" : " at " + stack[0]);
    }
}
