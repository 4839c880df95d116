package hv.heartbeat;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

/** What others may know of a guest's answers. Any thread. */
final class Pulse {
    private final AtomicReference<Heartbeat.Health> health = new AtomicReference<>(Heartbeat.Health.UNKNOWN);
    private final AtomicLong answers = new AtomicLong();

    Heartbeat.Health health() {
        return health.get();
    }

    void is(Heartbeat.Health now) {
        health.set(now);
    }

    long answers() {
        return answers.get();
    }

    void answered() {
        answers.incrementAndGet();
        health.set(Heartbeat.Health.ALIVE);
    }
}
