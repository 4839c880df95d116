package hv.embedder;

import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;

/** What a container starts: does the trial on a thread of its own, and stops the container afterwards. */
public final class Inside implements BundleActivator {
    /** Called by the container. */
    public Inside() {}

    @Override
    public void start(BundleContext context) {
        Thread thread = new Thread(() -> run(context), "trial");
        thread.setDaemon(true);
        thread.start();
    }

    private static void run(BundleContext context) {
        try {
            new Trial(context, Settings.ofThisProcess()).run();
            context.getBundle(0).stop();
        } catch (Throwable e) {
            e.printStackTrace();
        }
    }

    @Override
    public void stop(BundleContext context) {
        // The trial ends by itself.
    }
}
