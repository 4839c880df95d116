package hv.launcher;

import java.io.IOException;
import java.lang.System.Logger.Level;
import org.osgi.framework.BundleException;

/**
 * A container that is closed exactly once: by the end of the job, or by the end of the process, when Ctrl-C comes first. Ctrl-C so
 * stops the guest's virtual machine and removes the framework's files before the process ends with status 130.
 */
final class Session implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Session.class.getName());

    private final Container container;
    private final Thread hook;

    private Session(Container container) {
        this.container = container;
        this.hook = new Thread(this::closeContainer, "hv-shutdown");
    }

    /** Opens a distribution's container. */
    static Session open(Distribution distribution, boolean console) throws BundleException, IOException {
        Session session = new Session(Container.open(distribution, console));
        Runtime.getRuntime().addShutdownHook(session.hook);
        return session;
    }

    Container container() {
        return container;
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

    private void closeContainer() {
        try {
            container.close();
        } catch (BundleException | IOException e) {
            LOG.log(Level.WARNING, "the framework did not stop cleanly", e);
        }
    }
}
