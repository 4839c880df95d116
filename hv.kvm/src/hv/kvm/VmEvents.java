package hv.kvm;

import hv.kvm.error.KvmException;
import hv.kvm.vcpu.VcpuThread;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/**
 * Brings what VP threads have to tell to the VM's listener, on one thread made for that. Any thread. Nothing that goes
 * wrong here ends a thread: it is told as a failure of the VM.
 */
final class VmEvents implements VcpuThread.Observer {
    private static final System.Logger LOG = System.getLogger(VmEvents.class.getName());

    /** How often a failure is told anew, a millisecond apart, while there is no memory to tell it with. */
    private static final int MOST_ATTEMPTS = 10_000;

    private static final long ATTEMPT_NANOS = 1_000_000;

    private final VmListener listener;
    private final ExecutorService events;
    private final Runnable lastWord;
    private volatile Thread teller;

    VmEvents(VmListener listener) {
        this.listener = listener;
        this.lastWord = () -> hear(told -> told.failed(0, "a VP stopped, and there is no memory left to say why"));
        this.events = Executors.newSingleThreadExecutor(task -> {
            teller = Thread.ofPlatform().daemon().name("hv-vm-events").unstarted(task);
            return teller;
        });
    }

    /** Whether this is the thread on which the listener is told. */
    boolean isTeller() {
        return Thread.currentThread() == teller;
    }

    /** Has the listener do {@code event}, later; {@code afterwards} is run in any case but that of a closed VM. */
    void tell(Consumer<VmListener> event, Runnable afterwards) {
        Consumer<VmListener> last = told -> afterwards.run();
        execute(() -> {
            try {
                hear(event);
            } finally {
                hear(last);
            }
        });
    }

    /** {@code task} is made of {@link #hear} alone, which throws nothing. */
    private void execute(Runnable task) {
        try {
            events.execute(task);
        } catch (RejectedExecutionException e) {
            LOG.log(System.Logger.Level.DEBUG, "event of a VM that is being closed", e);
        }
    }

    /** A listener that fails cannot be relied on to have done what it was told for: it is told that, too. */
    private void hear(Consumer<VmListener> event) {
        try {
            event.accept(listener);
        } catch (Throwable e) {
            String line = "what is to be done at an event of the VM failed: " + describe(e);
            LOG.log(System.Logger.Level.WARNING, line);
            LOG.log(System.Logger.Level.DEBUG, line, e);
            try {
                listener.failed(0, line);
            } catch (Throwable again) {
                LOG.log(System.Logger.Level.DEBUG, line, again);
            }
        }
    }

    /** Nothing new is told from now on. */
    void close() {
        events.shutdown();
    }

    @Override
    public void shutdown(int vp, Runnable told) {
        tell(listening -> listening.shutdown(vp), told);
    }

    @Override
    public void failed(int vp, Throwable cause) {
        try {
            LOG.log(System.Logger.Level.DEBUG, "VP " + vp + " stopped", cause);
            broken(vp, "VP %d stopped: %s".formatted(vp, describe(cause)));
        } catch (Throwable e) {
            tellLastWord();
        }
    }

    /** The VM cannot go on, as {@code line} says. */
    void broken(int vp, String line) {
        tell(listening -> listening.failed(vp, line), () -> {});
    }

    /** Without memory of its own, and again and again: nobody else would tell that the VP is gone. */
    private void tellLastWord() {
        for (int attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
            try {
                execute(lastWord);
                return;
            } catch (Throwable e) {
                LockSupport.parkNanos(ATTEMPT_NANOS);
            }
        }
    }

    /** A cause in one line. */
    static String describe(Throwable cause) {
        if (cause instanceof KvmException) {
            return cause.getMessage();
        }
        String what = cause instanceof OutOfMemoryError ? "memory ran out" : "this is an error of the program";
        StackTraceElement[] stack = cause.getStackTrace();
        return what
                + (stack.length == 0 ? "" : " at %s:%d".formatted(stack[0].getFileName(), stack[0].getLineNumber()))
                + (cause.getMessage() == null ? "" : ": " + cause.getMessage());
    }
}
