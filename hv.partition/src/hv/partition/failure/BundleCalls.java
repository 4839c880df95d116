package hv.partition.failure;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;

/**
 * Calls of bundles' code that somebody waits for: made by a thread of their own, with a limit in time. Whatever is
 * thrown ends in a {@link CallException}. A call that does not come back is given up: its thread is left alone and
 * named, its result is not taken, and the object it is in is not called until it has come back ({@link Callee}).
 *
 * <p>What enlightenments do on the thread of a VP is not called in this way. Any thread.
 */
public final class BundleCalls {
    /** One thread waits for the next call for so long, since calls come in groups. */
    private static final Duration IDLE = Duration.ofSeconds(5);

    private final Limits limits;
    private final Failures failures;
    private final Executor threads;

    /**
     * What is to be done, on a thread of its own.
     *
     * @param <T> what comes of it
     */
    @FunctionalInterface
    public interface Work<T> {
        /** Does it; before each call of a bundle {@link Steps#enter} says whose it is. */
        T run(Steps steps) throws Throwable;
    }

    /** What is done with each of many. */
    @FunctionalInterface
    public interface Each<C> {
        /** Does it for one. */
        void run(C one, Steps steps) throws Throwable;
    }

    /** How the work says where it is. On its thread. */
    public interface Steps {
        /**
         * The next step is in the code of {@code callee}, and the limit begins anew.
         *
         * @throws CallException if that is not to be called
         */
        void enter(Callee callee, Callback callback) throws CallException;

        /** Changes what others see, unless the work was given up meanwhile. */
        void commit(Runnable change);
    }

    /** Calls that are told to {@code failures}. */
    public BundleCalls(Limits limits, Failures failures) {
        this(
                limits,
                failures,
                new ThreadPoolExecutor(
                        0,
                        Integer.MAX_VALUE,
                        IDLE.toMillis(),
                        TimeUnit.MILLISECONDS,
                        new SynchronousQueue<>(),
                        BundleCalls::thread));
    }

    private BundleCalls(Limits limits, Failures failures, Executor threads) {
        this.limits = limits;
        this.failures = failures;
        this.threads = threads;
    }

    /** It inherits nothing of who happens to need it first; its stack is as large as others'. */
    private static Thread thread(Runnable task) {
        Thread thread = new Thread(null, task, Call.NAME, 0, false);
        thread.setDaemon(true);
        return thread;
    }

    /** Calls with the same limits, whose failures are told to somebody else. */
    public BundleCalls toldTo(Failures others) {
        return new BundleCalls(limits, others, threads);
    }

    public Limits limits() {
        return limits;
    }

    /** Has work done while VPs are stopped or somebody waits for a lock. */
    public <T> T whileOthersWait(Work<T> work) throws CallException {
        return run(limits.waiting(), work);
    }

    /** Has work done while nobody but the caller waits. */
    public <T> T run(Work<T> work) throws CallException {
        return run(limits.building(), work);
    }

    /**
     * Has work done for each of {@code all} while others wait; who fails is told to {@code failed}, and the rest
     * follow.
     */
    public <C> void forEachWhileOthersWait(List<C> all, Each<C> work, BiConsumer<C, CallException> failed) {
        forEach(limits.waiting(), all, work, failed);
    }

    /** Does the work for each, while nobody but the caller waits. */
    public <C> void forEach(List<C> all, Each<C> work, BiConsumer<C, CallException> failed) {
        forEach(limits.building(), all, work, failed);
    }

    private <C> void forEach(Duration limit, List<C> all, Each<C> work, BiConsumer<C, CallException> failed) {
        int[] done = new int[1];
        while (done[0] < all.size()) {
            try {
                run(limit, steps -> {
                    while (done[0] < all.size()) {
                        work.run(all.get(done[0]), steps);
                        steps.commit(() -> done[0]++);
                    }
                    return null;
                });
            } catch (CallException e) {
                failed.accept(all.get(done[0]++), e);
            }
        }
    }

    private <T> T run(Duration limit, Work<T> work) throws CallException {
        Call<T> call = new Call<>(work, failures);
        try {
            threads.execute(call);
        } catch (Throwable e) {
            failures.record(Failures.HOST, Callback.THREAD, e);
            throw new CallException("no thread can be had for the code of bundles: " + e.getMessage(), e);
        }
        return call.await(limit);
    }
}
