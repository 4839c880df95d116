package hv.testkit;

import java.util.ArrayList;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/**
 * Watches the partition's log for exceptions that left a handler. The guest sees those as a fault like any other, so a
 * test that only looked at the guest's side would miss them. Any thread.
 */
final class FailureWatch extends Handler implements AutoCloseable {
    private final Logger log = Logger.getLogger("hv.partition");
    private final List<String> failures = new ArrayList<>();

    FailureWatch() {
        log.addHandler(this);
    }

    @Override
    public synchronized void publish(LogRecord entry) {
        if (entry.getLevel() == Level.SEVERE) {
            failures.add(entry.getMessage());
        }
    }

    /** Fails the test if a handler has failed. */
    synchronized void assertNone(String when) {
        if (!failures.isEmpty()) {
            throw new AssertionError(when + ": " + failures);
        }
    }

    @Override
    public void flush() {}

    @Override
    public void close() {
        log.removeHandler(this);
    }
}
