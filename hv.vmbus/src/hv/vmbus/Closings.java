package hv.vmbus;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Channels that are being closed: a device is asked until it is done with what it has begun for the guest, so that
 * nothing of the host touches memory that the guest has been told it has back. One that takes too long is not asked
 * any more. Used with the bus' lock held.
 */
final class Closings {
    private static final long MOST_100NS = 100_000_000;

    private final LongSupplier clock100ns;
    private final Consumer<Channel> ignore;
    private final BiConsumer<Channel, Opening> refused;
    private final Map<Channel, Long> deadlines = new HashMap<>();

    /**
     * @param clock100ns the guest's reference time
     * @param ignore has a channel's signals not reach it any more
     * @param refused tells the guest that a channel is not open, which it has wanted to open and waits for
     */
    Closings(LongSupplier clock100ns, Consumer<Channel> ignore, BiConsumer<Channel, Opening> refused) {
        this.clock100ns = clock100ns;
        this.ignore = ignore;
        this.refused = refused;
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
        long now = clock100ns.getAsLong();
        Long deadline = deadlines.get(channel);
        if (deadline == null) {
            ignore.accept(channel);
            deadline = now + MOST_100NS;
            deadlines.put(channel, deadline);
        }
        Opening waited = channel.phase() == Channel.Phase.OPENING ? channel.opening() : null;
        boolean isLate = now >= deadline;
        boolean isClosed = channel.service().tryClose(isLate);
        if (!isClosed && isLate) {
            channel.service().abandon();
            isClosed = true;
        }
        if (isClosed) {
            deadlines.remove(channel);
            if (waited != null) {
                refused.accept(channel, waited);
            }
        }
        return isClosed;
    }

    /** Whether some are being closed. */
    boolean areThere() {
        return !deadlines.isEmpty();
    }
}
