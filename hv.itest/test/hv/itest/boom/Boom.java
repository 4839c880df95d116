package hv.itest.boom;

import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;

/** What the bundle of {@code BoomTest} consists of; nothing here needs anything of the tests. */
public final class Boom {
    private Boom() {}

    /** A component that cannot be activated. */
    public static final class Activate implements Runnable {
        /** For the component runtime. */
        public void activate() {
            throw new IllegalStateException("activate\nin two lines");
        }

        @Override
        public void run() {}
    }

    /** A component that does not take what it is bound to. */
    public static final class Bind {
        /** For the component runtime. */
        public void bind(Runnable command) {
            throw new NoClassDefFoundError("bind/Gone");
        }
    }

    /** Console commands. */
    public static final class Command implements Runnable {
        @Override
        public void run() {}

        /** A bug. */
        public void bug() {
            Object nothing = System.getProperty("there is no such property");
            nothing.hashCode();
        }

        /** An error, which is no exception. */
        public void error() {
            throw new AssertionError("asserted");
        }

        /** What memory that runs out looks like. */
        public void memory() {
            throw new OutOfMemoryError("Java heap space");
        }

        /** Fails without a word. */
        public void silent() throws Exception {
            throw new Exception();
        }
    }

    /** A bundle that cannot be started. */
    public static final class Activator implements BundleActivator {
        @Override
        public void start(BundleContext context) {
            throw new ExceptionInInitializerError(new IllegalArgumentException("started"));
        }

        @Override
        public void stop(BundleContext context) {}
    }
}
