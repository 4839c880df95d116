package hv.bench.start;

/** The least that a JVM can be started for: what other starts are compared with. */
public final class Hello {
    private Hello() {}

    /** Prints one line. */
    public static void main(String[] args) {
        System.out.println("Hello world");
    }
}
