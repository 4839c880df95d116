package hv.vmbus;

import hv.api.HvStatus;
import hv.api.synic.MessageReceiver;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What guests have posted and the bus has not looked at. Filled on VPs' threads, emptied with the bus' lock held. A
 * guest that posts faster than it is answered is told to try again later.
 */
final class Inbox implements MessageReceiver {
    /** Most messages that wait. */
    static final int MOST = 256;

    /** The type of all messages of VMBus in HvCallPostMessage. */
    private static final int MESSAGE_TYPE = 1;

    private final ReentrantLock lock = new ReentrantLock();
    private final ArrayDeque<byte[]> waiting = new ArrayDeque<>();
    private final Runnable wake;

    Inbox(Runnable wake) {
        this.wake = wake;
    }

    @Override
    public int received(int connectionId, int type, byte[] payload, int payloadBytes) {
        if (type != MESSAGE_TYPE || payloadBytes < Message.HEAD_BYTES) {
            // It means nothing here; a guest that is told so would give up on the bus.
            return HvStatus.SUCCESS;
        }
        byte[] copy = Arrays.copyOf(payload, payloadBytes);
        lock.lock();
        try {
            if (waiting.size() >= MOST) {
                return HvStatus.INSUFFICIENT_BUFFERS;
            }
            waiting.add(copy);
        } finally {
            lock.unlock();
        }
        wake.run();
        return HvStatus.SUCCESS;
    }

    /** Forgets all. */
    void clear() {
        lock.lock();
        try {
            waiting.clear();
        } finally {
            lock.unlock();
        }
    }

    /** All that wait, in their order. */
    List<byte[]> all() {
        lock.lock();
        try {
            return List.copyOf(waiting);
        } finally {
            lock.unlock();
        }
    }

    /** As they were saved, at most {@link #MOST}; in front of those that have come since. */
    void restore(List<byte[]> saved) {
        lock.lock();
        try {
            for (int i = saved.size() - 1; i >= 0; i--) {
                waiting.addFirst(saved.get(i));
            }
        } finally {
            lock.unlock();
        }
    }

    /** The next one; null if there is none. */
    ByteBuffer next() {
        lock.lock();
        try {
            byte[] message = waiting.poll();
            return message == null ? null : ByteBuffer.wrap(message).order(ByteOrder.LITTLE_ENDIAN);
        } finally {
            lock.unlock();
        }
    }
}
