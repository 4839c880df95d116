package hv.vmbus;

import java.util.concurrent.atomic.AtomicBoolean;

/** Has the bus look again in a second; one timer, however often that is wished. Any thread. */
final class LookAgain {
    private static final long DELAY_100NS = 10_000_000;

    private final Workers workers;
    private final Runnable look;
    private final AtomicBoolean isArmed = new AtomicBoolean();

    LookAgain(Workers workers, Runnable look) {
        this.workers = workers;
        this.look = look;
    }

    void arm() {
        if (!isArmed.getAndSet(true)) {
            workers.later(DELAY_100NS, this::fired);
        }
    }

    private void fired() {
        isArmed.set(false);
        look.run();
    }
}
