package hv.vmbus;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * Work that is done by one worker at a time, however many ask for it: who asks while it is done has it done once more.
 * Any thread.
 */
final class Strand {
    private static final System.Logger LOG = System.getLogger(Strand.class.getName());

    private static final int IDLE = 0;
    private static final int QUEUED = 1;
    private static final int RUNNING = 2;
    private static final int AGAIN = 3;

    private final Workers workers;
    private final Runnable work;
    private final AtomicInteger state = new AtomicInteger(IDLE);
    private final Runnable turn = this::turn;

    Strand(Workers workers, Runnable work) {
        this.workers = workers;
        this.work = work;
    }

    /** Has the work done soon. Allocates nothing. */
    void poke() {
        while (true) {
            int seen = state.get();
            if (seen == QUEUED || seen == AGAIN) {
                return;
            }
            if (state.compareAndSet(seen, seen == IDLE ? QUEUED : AGAIN)) {
                if (seen == IDLE) {
                    queue();
                }
                return;
            }
        }
    }

    private void queue() {
        try {
            workers.execute(turn);
        } catch (Throwable e) {
            // Who asks next tries again; after the end of the workers nobody does.
            state.set(IDLE);
            LOG.log(System.Logger.Level.DEBUG, "nobody does the work of a bus", e);
        }
    }

    private void turn() {
        state.set(RUNNING);
        try {
            work.run();
        } catch (Throwable e) {
            // A bug of the bus: what it was about is lost, and the guest keeps its bus.
            LOG.log(System.Logger.Level.ERROR, "the bus failed in what a guest asked for", e);
        }
        if (!state.compareAndSet(RUNNING, IDLE)) {
            // Behind the others that wait.
            state.set(QUEUED);
            queue();
        }
    }
}
