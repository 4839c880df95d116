package hv.api.vmbus;

/**
 * One channel at one moment, for people.
 *
 * @param offer what the guest was told
 * @param number the channel's number (relid), 1 or more; 0 if the guest has not been told of it
 * @param state where it is
 * @param vp the VP that is interrupted
 * @param signals how often the guest has signalled
 */
public record ChannelState(ChannelOffer offer, int number, State state, int vp, long signals) {
    /** Where a channel can be. */
    public enum State {
        /** The guest has not been told of it. */
        UNOFFERED,
        /** The guest may open it. */
        CLOSED,
        /** Device and guest talk. */
        OPEN,
        /** The guest has written into its ring what cannot be; it is open, and not served. */
        FAULTY,
        /** The device is gone, and the guest has not let go of the number yet. */
        RESCINDED
    }
}
