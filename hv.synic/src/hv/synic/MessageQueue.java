package hv.synic;

import hv.api.synic.SynicPorts;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * Messages of host-side code for one SINT, in order, {@value SynicPorts#QUEUE_MESSAGES} at most. Any thread puts them
 * in, under a lock; the VP's thread takes them out without one. An empty place in the ring is what tells "empty" and
 * "full".
 */
final class MessageQueue {
    private final AtomicReferenceArray<QueuedMessage> ring = new AtomicReferenceArray<>(SynicPorts.QUEUE_MESSAGES);
    /** Moved by the VP alone; read by whoever saves it while it is stopped. */
    private volatile int head;

    private int tail;

    /** Adds a message; false if there is no place. */
    synchronized boolean offer(QueuedMessage message) {
        if (ring.get(tail) != null) {
            return false;
        }
        ring.set(tail, message);
        tail = after(tail);
        return true;
    }

    /** The oldest message, or null. */
    QueuedMessage peek() {
        return ring.get(head);
    }

    /** Takes the oldest message out. */
    void remove() {
        ring.set(head, null);
        head = after(head);
    }

    /** All that waits, in order, while nobody adds anything. With the VP stopped. */
    synchronized List<QueuedMessage> snapshot() {
        List<QueuedMessage> messages = new ArrayList<>();
        int position = head;
        while (messages.size() < SynicPorts.QUEUE_MESSAGES && ring.get(position) != null) {
            messages.add(ring.get(position));
            position = after(position);
        }
        return messages;
    }

    private static int after(int position) {
        return (position + 1) % SynicPorts.QUEUE_MESSAGES;
    }
}
