package hv.vmbus;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * Channels that a guest waits for until their devices have opened them. It waits without an end, so that it is told
 * after ten seconds that one is not open. Used with the bus' lock held.
 */
final class Openings {
    private static final long MOST_100NS = 100_000_000;

    private final LongSupplier clock100ns;
    private final Map<Channel, Long> deadlines = new HashMap<>();

    /** @param clock100ns the guest's reference time */
    Openings(LongSupplier clock100ns) {
        this.clock100ns = clock100ns;
    }

    /** The guest waits from now on. */
    void begin(Channel channel) {
        deadlines.put(channel, clock100ns.getAsLong() + MOST_100NS);
    }

    /** Whether the guest waits for some. */
    boolean areThere() {
        deadlines.keySet().removeIf(channel -> channel.phase() != Channel.Phase.OPENING);
        return !deadlines.isEmpty();
    }

    /** Those that it has waited for too long. */
    List<Channel> late() {
        long now = clock100ns.getAsLong();
        return areThere()
                ? deadlines.entrySet().stream()
                        .filter(each -> each.getValue() <= now)
                        .map(Map.Entry::getKey)
                        .toList()
                : List.of();
    }
}
