package hv.heartbeat;

import hv.api.device.GuestHealth.Health;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

/** What others may know of a guest's answers. Any thread. */
final class Pulse {
    private final AtomicReference<Health> health = new AtomicReference<>(Health.UNKNOWN);
    private final AtomicLong answers = new AtomicLong();

    Health health() {
        return health.get();
    }

    void is(Health now) {
        health.set(now);
    }

    long answers() {
        return answers.get();
    }

    void answered() {
        answers.incrementAndGet();
        health.set(Health.ALIVE);
    }

    /** Goes on where another one has stopped. */
    void continues(Health was, long answered) {
        health.set(was);
        answers.set(answered);
    }
}
