package hv.fuzz.target;

/**
 * A way into the product for input that somebody hostile has made, with what has to hold whatever the input is. Made
 * once for each process and used by one thread.
 */
@FunctionalInterface
public interface Target {
    /**
     * Takes one input to its end.
     *
     * @return how many operations that were
     * @throws Finding if something that has to hold did not
     * @throws Throwable whatever else the product lets out: that is a finding, too
     */
    int run(byte[] input) throws Throwable;
}
