package hv.launcher;

import java.lang.System.Logger.Level;
import org.apache.felix.framework.Logger;
import org.osgi.framework.Bundle;
import org.osgi.framework.ServiceReference;

/**
 * Takes what the framework has to tell into our log, where it is one line; by itself it prints stack traces. Any
 * thread.
 */
final class FrameworkLog extends Logger {
    @Override
    @SuppressWarnings("rawtypes")
    protected void doLog(Bundle bundle, ServiceReference service, int level, String message, Throwable thrown) {
        System.getLogger("hv.framework")
                .log(
                        level == LOG_ERROR ? Level.ERROR : Level.WARNING,
                        bundle == null ? message : bundle + ": " + message,
                        thrown);
    }
}
