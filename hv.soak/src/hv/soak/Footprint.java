package hv.soak;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * What the process holds of what must not grow.
 *
 * @param heapBytes heap in use after a collection
 * @param threads live threads of ours, whose names begin with "hv-"
 */
record Footprint(long heapBytes, Set<Thread> threads) {
    private static final int COLLECTIONS = 6;
    private static final long END_MILLIS = TimeUnit.SECONDS.toMillis(15);

    /**
     * Threads of the partition service that wait some seconds for more to do, and then end; what is stuck in a bundle
     * is called otherwise.
     */
    private static final String WAITING = "hv-bundle-call";

    /** Copies the set. */
    Footprint {
        threads = Set.copyOf(threads);
    }

    /**
     * Collects garbage and looks, several times: the guest goes on meanwhile, and the least is what has the least new
     * garbage in it.
     */
    static Footprint take() {
        Runtime runtime = Runtime.getRuntime();
        long least = Long.MAX_VALUE;
        for (int i = 0; i < COLLECTIONS; i++) {
            System.gc();
            least = Math.min(least, runtime.totalMemory() - runtime.freeMemory());
        }
        Set<Thread> threads = ownThreads().stream()
                .filter(thread -> !thread.getName().equals(WAITING))
                .collect(Collectors.toUnmodifiableSet());
        return new Footprint(least, threads);
    }

    static Set<Thread> ownThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("hv-"))
                .collect(Collectors.toUnmodifiableSet());
    }

    /** Our threads that were not there before, the caller aside, and have not ended some seconds from now. */
    static List<Thread> threadsLeft(Set<Thread> before) throws InterruptedException {
        List<Thread> left = new ArrayList<>();
        for (Thread thread : ownThreads()) {
            if (!before.contains(thread) && thread != Thread.currentThread()) {
                thread.join(END_MILLIS);
                if (thread.isAlive()) {
                    left.add(thread);
                }
            }
        }
        return left;
    }
}
