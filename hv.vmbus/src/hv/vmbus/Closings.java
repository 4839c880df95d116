package hv.vmbus;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;

/**
 * Channels that are being closed: a device is asked until it is done with what it has begun for the guest, so that
 * nothing of the host touches memory that the guest has been told it has back. One that takes too long is not asked
 * any more. Used with the bus' lock held.
 */
final class Closings {
    private static final long MOST_NANOS = 10_000_000_000L;
    private static final long MOST_100NS = MOST_NANOS / 100;

    private final Bus bus;
    private final Map<Channel, Long> deadlines = new HashMap<>();

    Closings(Bus bus) {
        this.bus = bus;
    }

    /**
     * Closes those channels that are open.
     *
     * @return false if that has to be tried again: the bus is poked when it may be time
     */
    boolean areDone(Collection<Channel> channels) {
        boolean areDone = true;
        for (Channel channel : channels) {
            areDone &= isDone(channel);
        }
        return areDone;
    }

    private boolean isDone(Channel channel) {
        if (!channel.isOpen()) {
            return true;
        }
        long now = System.nanoTime();
        Long deadline = deadlines.get(channel);
        if (deadline == null) {
            bus.ignore(channel);
            deadline = now + MOST_NANOS;
            deadlines.put(channel, deadline);
            bus.pokeLater(MOST_100NS);
        }
        boolean isLate = now - deadline >= 0;
        boolean isClosed = channel.service().tryClose(isLate);
        if (!isClosed && isLate) {
            channel.service().abandon();
            isClosed = true;
        }
        if (isClosed) {
            deadlines.remove(channel);
        }
        return isClosed;
    }

    /** Nobody asks any more. */
    void clear() {
        deadlines.clear();
    }
}
