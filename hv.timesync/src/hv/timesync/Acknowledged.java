package hv.timesync;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/** What others may ask for and know. Any thread. */
final class Acknowledged {
    private final AtomicBoolean isToBeSet = new AtomicBoolean();
    private final AtomicLong answers = new AtomicLong();

    void setNext() {
        isToBeSet.set(true);
    }

    boolean takeSetNext() {
        return isToBeSet.getAndSet(false);
    }

    void answered() {
        answers.incrementAndGet();
    }

    long answers() {
        return answers.get();
    }
}
