package hv.vmbus;

/** Who does the work of a bus: threads in a running system, the test itself in tests. Any thread. */
interface Workers {
    /**
     * Has something done soon, on another thread than the caller's.
     *
     * @throws java.util.concurrent.RejectedExecutionException if nobody will
     */
    void execute(Runnable task);

    /** The same, after some time on the partition's reference clock. */
    void later(long delay100ns, Runnable task);
}
