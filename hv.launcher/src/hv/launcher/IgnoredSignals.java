package hv.launcher;

/**
 * Signals that end a process without a word and mean nothing here: nobody waits for them, and a terminal would stay as
 * a guest had it. {@code ./hv} has them ignored already; this is for who starts the program without it. The JDK's way
 * to do so is not part of Java SE, so it is asked for by name, and where it is missing they end the process.
 */
final class IgnoredSignals {
    private static final String[] NAMES = {"USR1", "ALRM", "VTALRM", "PROF"};

    private IgnoredSignals() {}

    /** Has this process ignore them from now on. */
    static void ignore() {
        try {
            ClassLoader loader = ClassLoader.getPlatformClassLoader();
            Class<?> handler = Class.forName("sun.misc.SignalHandler", true, loader);
            Class<?> signal = Class.forName("sun.misc.Signal", true, loader);
            Object ignoring = handler.getField("SIG_IGN").get(null);
            for (String name : NAMES) {
                signal.getMethod("handle", signal, handler)
                        .invoke(null, signal.getConstructor(String.class).newInstance(name), ignoring);
            }
        } catch (ReflectiveOperationException | IllegalArgumentException e) {
            // This JVM has no such thing, or needs the signal itself.
        }
    }
}
