package hv.bench.exits;

/** One side of the comparison: runs the guest a round at a time. */
interface Loop extends AutoCloseable {
    /** Runs one round and returns its nanoseconds. */
    long roundNanos() throws Exception;

    @Override
    void close() throws Exception;
}
