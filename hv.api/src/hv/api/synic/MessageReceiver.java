package hv.api.synic;

import org.osgi.annotation.versioning.ConsumerType;

/**
 * Host-side end of a message connection: gets what guests post (HvCallPostMessage). Called on the posting VP's thread;
 * must not block.
 */
@ConsumerType
@FunctionalInterface
public interface MessageReceiver {
    /**
     * Takes a message.
     *
     * @param connectionId the 24-bit id the guest named
     * @param type message type, not 0, bit 31 clear
     * @param payload its bytes; valid during the call only
     * @param payloadBytes how many of them, 0 to 240
     * @return the status the guest gets: {@link hv.api.HvStatus#SUCCESS}, or
     *     {@link hv.api.HvStatus#INSUFFICIENT_BUFFERS} to have it try again later
     */
    int received(int connectionId, int type, byte[] payload, int payloadBytes);
}
