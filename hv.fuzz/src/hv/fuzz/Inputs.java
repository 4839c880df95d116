package hv.fuzz;

import hv.fuzz.target.Product;
import hv.fuzz.target.Target;

/**
 * Where Jazzer comes in, by the names of its methods: it takes one input after the other and tells from time to time
 * how many operations they were. One thread.
 */
public final class Inputs {
    /** Names the target. */
    static final String TARGET = "hv.fuzz.target";

    /** Begins a line on standard output with the number of operations so far. */
    static final String OPERATIONS = "hv-fuzz-operations ";

    private static final long TELL_NANOS = 1_000_000_000;

    private static Target target;
    private static long operations;
    private static long told;

    private Inputs() {}

    /** Makes the target. */
    public static void fuzzerInitialize() {
        target = Targets.make(System.getProperty(TARGET), Product.of(Inputs.class.getClassLoader()));
        told = System.nanoTime();
    }

    /** Takes one input. */
    public static void fuzzerTestOneInput(byte[] input) throws Throwable {
        operations += target.run(input);
        if (System.nanoTime() - told > TELL_NANOS) {
            tell();
        }
    }

    /** The end. */
    public static void fuzzerTearDown() {
        tell();
    }

    private static void tell() {
        told = System.nanoTime();
        System.out.println(OPERATIONS + operations);
    }
}
