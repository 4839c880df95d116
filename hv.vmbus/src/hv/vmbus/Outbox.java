package hv.vmbus;

import hv.api.HvStatus;
import hv.api.synic.SynicPorts;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Messages that wait for a place in the guest's slot, in their order. Few of them are given to the interrupt controller
 * at a time: its own queue is short, and what it has cannot be taken back. Used with the bus' lock held.
 */
final class Outbox {
    /** The type of all messages of VMBus. */
    private static final int MESSAGE_TYPE = 1;

    /** Of the controller's queue; others may use the same SINT. */
    private static final int MOST_IN_FLIGHT = 8;

    /** How many may wait while messages of the guest's are still answered. */
    static final int MOST_WAITING = 4096;

    /** A message and where it goes. */
    record Letter(int vp, int sint, byte[] message) {}

    private final SynicPorts ports;
    private final Runnable wake;
    private final ArrayDeque<Letter> waiting = new ArrayDeque<>();
    private AtomicInteger inFlight = new AtomicInteger();

    Outbox(SynicPorts ports, Runnable wake) {
        this.ports = ports;
        this.wake = wake;
    }

    void add(int vp, int sint, byte[] message) {
        waiting.add(new Letter(vp, sint, message));
    }

    /** Whether the guest takes its messages so slowly that none of its own are answered for now. */
    boolean isFull() {
        return waiting.size() >= MOST_WAITING;
    }

    /**
     * Gives on what there is room for.
     *
     * @return false if others have filled the controller's queue, and nobody tells when there is room
     */
    boolean send() {
        AtomicInteger count = inFlight;
        while (!waiting.isEmpty() && count.get() < MOST_IN_FLIGHT) {
            Letter letter = waiting.peek();
            count.incrementAndGet();
            int status = ports.postMessage(letter.vp(), letter.sint(), MESSAGE_TYPE, letter.message(), () -> {
                count.decrementAndGet();
                wake.run();
            });
            if (status == HvStatus.INSUFFICIENT_BUFFERS) {
                return count.decrementAndGet() > 0;
            }
            if (status != HvStatus.SUCCESS) {
                // No such VP, or no controller: nobody will ever read it.
                count.decrementAndGet();
            }
            waiting.remove();
        }
        return true;
    }

    /** What has not been given on. */
    List<Letter> all() {
        return List.copyOf(waiting);
    }

    /** As they were saved. */
    void restore(List<Letter> saved) {
        waiting.addAll(saved);
    }

    /** Forgets what has not been given on. */
    void clear() {
        waiting.clear();
    }

    /** After a reset of the guest: what had been given on is gone, and nobody tells. */
    void reset() {
        waiting.clear();
        inFlight = new AtomicInteger();
    }
}
