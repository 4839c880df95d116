package hv.faults.suite;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Waits for processes that are no children. */
final class Waiting {
    private Waiting() {}

    static boolean hasEnded(ProcessHandle process, double seconds) throws InterruptedException {
        try {
            process.onExit().get((long) (seconds * 1e9), TimeUnit.NANOSECONDS);
            return true;
        } catch (TimeoutException e) {
            return !process.isAlive();
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }
}
