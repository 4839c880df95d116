package hv.launcher;

import java.lang.System.Logger.Level;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.service.log.Logger;
import org.osgi.service.log.LoggerFactory;

/**
 * Takes what the component runtime has to tell of bundles whose components fail into our log, where it is one line.
 * Without a log that is offered as a service the runtime prints stack traces. Any thread.
 */
final class ComponentLog implements LoggerFactory {
    /** What the framework has to show of its class path for that. */
    static final String PACKAGE = "org.osgi.service.log;version=1.5";

    private ComponentLog() {}

    /** Offers it in a framework, before the component runtime is started. */
    static void offer(BundleContext context) {
        context.registerService(LoggerFactory.class, new ComponentLog(), null);
    }

    /** One that tells of errors. */
    private static final class Errors extends ErrorsOnly {
        private final String name;

        Errors(String name) {
            this.name = name;
        }

        @Override
        public String getName() {
            return name;
        }

        @Override
        void tell(String format, Object... arguments) {
            Object last = arguments.length == 0 ? null : arguments[arguments.length - 1];
            System.getLogger("hv.components")
                    .log(Level.ERROR, format, last instanceof Throwable thrown ? thrown : null);
        }
    }

    @Override
    public Logger getLogger(String name) {
        return new Errors(name);
    }

    @Override
    public Logger getLogger(Class<?> type) {
        return new Errors(type.getName());
    }

    @Override
    public <L extends Logger> L getLogger(String name, Class<L> kind) {
        return kind.cast(new Errors(name));
    }

    @Override
    public <L extends Logger> L getLogger(Class<?> type, Class<L> kind) {
        return kind.cast(new Errors(type.getName()));
    }

    @Override
    public <L extends Logger> L getLogger(Bundle bundle, String name, Class<L> kind) {
        return kind.cast(new Errors(name));
    }
}
