package hv.launcher.run;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;

/**
 * What is done at SIGTERM instead of ending the process, while this is open. The JDK's way to hear of signals is not
 * part of Java SE, so it is asked for by name, and where it is missing the process ends as it would.
 */
final class TermSignal implements AutoCloseable {
    private final Class<?> handlerType;
    private final Class<?> signalType;
    private final Object signal;
    private final Object asBefore;

    private TermSignal(Runnable heard) throws ReflectiveOperationException {
        ClassLoader loader = ClassLoader.getPlatformClassLoader();
        handlerType = Class.forName("sun.misc.SignalHandler", true, loader);
        signalType = Class.forName("sun.misc.Signal", true, loader);
        signal = signalType.getConstructor(String.class).newInstance("TERM");
        InvocationHandler handler = (proxy, method, arguments) -> switch (method.getName()) {
            case "handle" -> {
                heard.run();
                yield null;
            }
            case "equals" -> proxy == arguments[0];
            case "hashCode" -> System.identityHashCode(proxy);
            default -> "at SIGTERM";
        };
        asBefore = handle(Proxy.newProxyInstance(loader, new Class<?>[] {handlerType}, handler));
    }

    /**
     * Listens.
     *
     * @param heard called for each signal, on a thread of the JVM's that is made for it
     * @return closed to hear no more
     * @throws IllegalStateException if this JVM does not let anybody hear of signals
     */
    static TermSignal listen(Runnable heard) {
        try {
            return new TermSignal(heard);
        } catch (ReflectiveOperationException | IllegalArgumentException e) {
            throw new IllegalStateException("this JVM tells nobody of signals (-Xrs)", e);
        }
    }

    /** Ends the process as if nobody had listened. */
    void endProcess() {
        close();
        try {
            signalType.getMethod("raise", signalType).invoke(null, signal);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    private Object handle(Object handler) throws ReflectiveOperationException {
        try {
            return signalType.getMethod("handle", signalType, handlerType).invoke(null, signal, handler);
        } catch (InvocationTargetException e) {
            throw new ReflectiveOperationException(e.getCause());
        }
    }

    /** SIGTERM does what it did before. */
    @Override
    public void close() {
        try {
            handle(asBefore);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }
}
