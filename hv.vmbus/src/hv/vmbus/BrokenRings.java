package hv.vmbus;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Tells of rings into which a guest has written what cannot be: a line for the first, the tenth and the hundredth, and
 * not as many as the guest likes. Any thread.
 */
final class BrokenRings {
    private static final System.Logger LOG = System.getLogger(BrokenRings.class.getName());

    private final AtomicLong count = new AtomicLong();

    void add(int channel) {
        long now = count.incrementAndGet();
        if (now == 1 || now == 10 || now == 100) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "channel {0}: the guest has written into its ring what cannot be; it is not served any more"
                            + " (time {1} for this guest)",
                    channel,
                    now);
        }
    }
}
