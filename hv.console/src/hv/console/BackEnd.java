package hv.console;

import java.util.function.Supplier;

/** The console needs no back end: what is asked of one works where its bundle is, and says so where it is not. */
final class BackEnd {
    private BackEnd() {}

    /**
     * What {@code asked} gives. A name of the bundle's classes may be in its body only, and not in what calls this.
     *
     * @throws UsageException if {@code bundle} is not here
     */
    static <T> T of(String bundle, Supplier<T> asked) {
        try {
            return asked.get();
        } catch (LinkageError e) {
            throw new UsageException("this needs " + bundle + ", which is not here or not made for this Java");
        }
    }
}
