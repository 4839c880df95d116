package hv.fuzz.target;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;

/**
 * Bounds what one operation takes: processor time of its thread, which other programs on the machine do not lengthen,
 * and bytes that it allocates, which bound what it keeps. One object for each thread.
 */
public final class Effort {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final long NANOS_PER_MILLI = 1_000_000;

    private long startNanos;
    private long startBytes;
    private long slowestNanos;

    /** An operation begins. */
    public void begin() {
        startBytes = THREADS.getCurrentThreadAllocatedBytes();
        startNanos = THREADS.getCurrentThreadCpuTime();
    }

    /**
     * The operation has ended.
     *
     * @param what names it in the finding
     * @param mostMillis of processor time
     * @param mostBytes allocated
     * @throws EffortFinding if it took more
     */
    public void end(String what, long mostMillis, long mostBytes) {
        long nanos = THREADS.getCurrentThreadCpuTime() - startNanos;
        long bytes = THREADS.getCurrentThreadAllocatedBytes() - startBytes;
        slowestNanos = Math.max(slowestNanos, nanos);
        if (nanos > mostMillis * NANOS_PER_MILLI) {
            throw new EffortFinding("%s took %d ms, more than %d".formatted(what, nanos / NANOS_PER_MILLI, mostMillis));
        }
        if (bytes > mostBytes) {
            throw new EffortFinding("%s allocated %,d bytes, more than %,d".formatted(what, bytes, mostBytes));
        }
    }

    /** Processor time of the slowest operation so far. */
    public long slowestNanos() {
        return slowestNanos;
    }
}
