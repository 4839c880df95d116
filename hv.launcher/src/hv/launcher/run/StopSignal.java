package hv.launcher.run;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;

/**
 * What is done before SIGTSTP stops the process and after it goes on, while this is open. The JDK's way to hear of
 * signals is not part of Java SE, so it is asked for by name, and where it is missing the process stops as it would.
 */
final class StopSignal implements AutoCloseable {
    private static final StopSignal UNHEARD = new StopSignal();

    private final Class<?> handlerType;
    private final Class<?> signalType;
    private final Object signal;
    private final Object asBefore;

    private StopSignal() {
        handlerType = null;
        signalType = null;
        signal = null;
        asBefore = null;
    }

    private StopSignal(Runnable beforeStop, Runnable afterStop) throws ReflectiveOperationException {
        ClassLoader loader = ClassLoader.getPlatformClassLoader();
        handlerType = Class.forName("sun.misc.SignalHandler", true, loader);
        signalType = Class.forName("sun.misc.Signal", true, loader);
        signal = signalType.getConstructor(String.class).newInstance("TSTP");
        InvocationHandler around = (proxy, method, arguments) -> switch (method.getName()) {
            case "handle" -> {
                beforeStop.run();
                stop(proxy);
                afterStop.run();
                yield null;
            }
            case "equals" -> proxy == arguments[0];
            case "hashCode" -> System.identityHashCode(proxy);
            default -> "around SIGTSTP";
        };
        asBefore = handle(Proxy.newProxyInstance(loader, new Class<?>[] {handlerType}, around));
    }

    /**
     * Listens. Both are called on a thread of the JVM's.
     *
     * @param beforeStop done before the process stops
     * @param afterStop done when it goes on
     */
    static StopSignal around(Runnable beforeStop, Runnable afterStop) {
        try {
            return new StopSignal(beforeStop, afterStop);
        } catch (ReflectiveOperationException | IllegalArgumentException e) {
            return UNHEARD;
        }
    }

    /**
     * By the signal itself, so that who waits for this process sees what has stopped it. Comes back when the process
     * goes on.
     */
    private void stop(Object heard) throws ReflectiveOperationException {
        handle(handlerType.getField("SIG_DFL").get(null));
        signalType.getMethod("raise", signalType).invoke(null, signal);
        handle(heard);
    }

    private Object handle(Object handler) throws ReflectiveOperationException {
        try {
            return signalType.getMethod("handle", signalType, handlerType).invoke(null, signal, handler);
        } catch (InvocationTargetException e) {
            // The JVM was told to leave signals alone (-Xrs).
            throw new ReflectiveOperationException(e.getCause());
        }
    }

    /** SIGTSTP does what it did before. */
    @Override
    public void close() {
        if (signal != null) {
            try {
                handle(asBefore);
            } catch (ReflectiveOperationException e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
