package hv.soak;

import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * The host's thread that sends: a message to each VP in turn, at a rate, until it is told to stop; then the last
 * message to each. A VP whose queue is full gets the same message later. {@link #hold} and {@link #release} by any
 * thread.
 */
final class Sender {
    private static final long PAUSE_NANOS = 50_000;
    private static final long SECOND_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final List<VpLink> links;
    private final int perSecond;
    private final Thread thread =
            Thread.ofPlatform().daemon().name("hv-soak-sender").unstarted(this::run);
    private final Object sending = new Object();
    private int holds;
    private volatile boolean isStopping;
    private volatile boolean isCancelled;

    Sender(List<VpLink> links, int perSecond) {
        this.links = links;
        this.perSecond = perSecond;
    }

    void start() {
        thread.start();
    }

    /** Returns when nothing is being sent, and nothing is until {@link #release}. */
    void hold() {
        synchronized (sending) {
            holds++;
        }
    }

    void release() {
        synchronized (sending) {
            holds--;
        }
    }

    /** From now on only the last messages. */
    void stop() {
        isStopping = true;
    }

    /** Ends the thread and waits for that. */
    void end() throws InterruptedException {
        isCancelled = true;
        LockSupport.unpark(thread);
        thread.join();
    }

    private void run() {
        long startNanos = System.nanoTime();
        long turns = 0;
        while (!isStopping && !isCancelled) {
            long passedNanos = System.nanoTime() - startNanos;
            long due = passedNanos / SECOND_NANOS * perSecond + passedNanos % SECOND_NANOS * perSecond / SECOND_NANOS;
            // What could not be sent in time is not made up for: a queue that was full for long must not be stormed
            // afterwards.
            turns = Math.max(turns, due - links.size() * (long) hv.api.synic.SynicPorts.QUEUE_MESSAGES);
            while (turns < due && send(links.get((int) (turns % links.size())))) {
                turns++;
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        }
        for (VpLink link : links) {
            while (!isCancelled && !stop(link)) {
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        }
    }

    /** Whether it is the next one's turn. */
    private boolean send(VpLink link) {
        synchronized (sending) {
            return holds == 0 && link.isListening() && link.send();
        }
    }

    private boolean stop(VpLink link) {
        synchronized (sending) {
            return holds == 0 && link.isListening() && link.stop();
        }
    }
}
