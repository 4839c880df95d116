package hv.hostkit;

/** How a rule fails: with what to change. */
final class Advice {
    private Advice() {}

    /** Fails with {@code advice} unless it holds. */
    static void require(boolean holds, String advice) {
        if (!holds) {
            throw new AssertionError(advice);
        }
    }
}
