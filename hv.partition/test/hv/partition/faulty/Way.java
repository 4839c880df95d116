package hv.partition.faulty;

import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** A way in which code can fail. */
public enum Way {
    UNCHECKED("java.lang.IllegalStateException"),
    /** A checked exception that is not declared, as other languages of the JVM throw it. */
    SMUGGLED("hv.partition.faulty.Way$Smuggled"),
    ASSERTION("java.lang.AssertionError"),
    LINKAGE("java.lang.NoClassDefFoundError"),
    STACK("java.lang.StackOverflowError"),
    MEMORY("java.lang.OutOfMemoryError"),
    /** Null where the API wants an object. */
    NULL("java.lang.NullPointerException"),
    /** Does not come back before the test is over. */
    LOOP("does not come back"),
    /** Makes doorbells, alarms, lists of peers, names of state or problems until it is told that there are enough. */
    LEAK("java.lang.IllegalStateException");

    /** What a failure of this kind is called. */
    public final String kind;

    Way(String kind) {
        this.kind = kind;
    }

    /** A checked exception. */
    public static final class Smuggled extends Exception {
        private static final long serialVersionUID = 1;

        Smuggled() {
            super("smuggled");
        }
    }

    /** Fails. */
    public void happen(BooleanSupplier isOver) {
        switch (this) {
            case UNCHECKED -> throw new IllegalStateException("unchecked");
            case SMUGGLED -> Way.<RuntimeException>smuggle(new Smuggled());
            case ASSERTION -> throw new AssertionError("asserted");
            case LINKAGE -> throw new NoClassDefFoundError("hv/Gone");
            case STACK -> recurse(0);
            case MEMORY -> throw new OutOfMemoryError("none is left, it says");
            case LOOP -> loop(isOver);
            default -> {
                // It is the caller who gives null, or too much.
            }
        }
    }

    @SuppressWarnings("unchecked")
    private static <E extends Throwable> void smuggle(Throwable any) throws E {
        throw (E) any;
    }

    private static int recurse(int depth) {
        return recurse(depth + 1) + 1;
    }

    private static void loop(BooleanSupplier isOver) {
        while (!isOver.getAsBoolean()) {
            Thread.interrupted();
            LockSupport.parkNanos(1_000_000);
        }
    }
}
