package hv.launcher;

import java.io.IOException;
import java.lang.System.Logger.Level;
import org.osgi.framework.BundleException;

/**
 * A container that is closed exactly once: by the end of the job, or by the end of the process, when Ctrl-C comes
 * first, at whatever moment. Ctrl-C so stops the guest's virtual machine and removes the framework's files before the
 * process ends with status 130.
 */
final class Session implements AutoCloseable {
    /** What is done with a container. */
    @FunctionalInterface
    interface Work {
        int with(Container container) throws UsageException, BundleException, IOException, InterruptedException;
    }

    private static final System.Logger LOG = System.getLogger(Session.class.getName());
    private static final int ENDED = 1;

    private final Container container = new Container();
    private final Thread hook = new Thread(this::end, "hv-shutdown");
    private volatile boolean isEnding;

    private Session() {}

    /**
     * Does some work in a container of its own.
     *
     * @return the work's exit status; of no meaning when the process is being ended, whose status the signal decides
     */
    static int of(Distribution distribution, boolean console, Work work)
            throws UsageException, BundleException, IOException, InterruptedException {
        try (Session session = new Session()) {
            return session.run(distribution, console, work);
        }
    }

    private int run(Distribution distribution, boolean console, Work work)
            throws UsageException, BundleException, IOException, InterruptedException {
        try {
            Runtime.getRuntime().addShutdownHook(hook);
        } catch (IllegalStateException e) {
            return ENDED;
        }
        try {
            container.begin(distribution, console);
            return work.with(container);
        } catch (Throwable e) {
            if (isEnding) {
                // The framework was stopped under the work: nobody wants to hear how that failed.
                return ENDED;
            }
            throw e;
        }
    }

    /** Leaves the closing to the hook if that has begun. */
    @Override
    public void close() {
        boolean isHookRunning = false;
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            isHookRunning = true;
        }
        if (!isHookRunning) {
            closeContainer();
        }
    }

    private void end() {
        isEnding = true;
        closeContainer();
    }

    private void closeContainer() {
        try {
            container.close();
        } catch (Throwable e) {
            // Also on the hook's thread, where nobody else would tell.
            LOG.log(Level.WARNING, "the framework did not stop cleanly", e);
        }
    }
}
