package hv.partition.failure;

import java.util.stream.Stream;

/** Ways in which code can throw. */
public final class Kinds {
    private Kinds() {}

    /** An undeclared checked exception, as other languages of the JVM throw it. */
    public static final class Smuggled extends Exception {
        private static final long serialVersionUID = 1;

        Smuggled() {
            super("smuggled");
        }
    }

    public static Stream<Throwable> all() {
        return Stream.of(
                new IllegalStateException("unchecked"),
                new Smuggled(),
                new AssertionError("asserted"),
                new NoClassDefFoundError("hv/Gone"),
                new StackOverflowError(),
                new OutOfMemoryError("no memory, it says"));
    }

    /** Throws anything from anywhere. */
    @SuppressWarnings("unchecked")
    public static <E extends Throwable> RuntimeException smuggle(Throwable any) throws E {
        throw (E) any;
    }
}
