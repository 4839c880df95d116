package hv.api.synic;

import org.osgi.annotation.versioning.ConsumerType;

/**
 * Messages and events between host-side code and a partition (TLFS "Inter-Partition Communication").
 *
 * <p>Implemented by the partition part of {@code synic}, reached through {@link hv.api.host.GuestPartition#service}.
 * Any thread. Look-up by connection id is constant time; queues are bounded and say so.
 */
@ConsumerType
public interface SynicPorts {
    /** Largest connection id. */
    int MAX_CONNECTION_ID = 0xFF_FFFF;

    /** Most connections of each kind. */
    int MAX_CONNECTIONS = 4096;

    /** Largest payload of a message. */
    int PAYLOAD_BYTES = 240;

    /** Messages that wait for one SINT of one VP before {@link #postMessage} refuses. */
    int QUEUE_MESSAGES = 64;

    /**
     * Lets guests post messages to {@code connectionId}.
     *
     * @throws IllegalStateException if the id is taken or there are {@link #MAX_CONNECTIONS} already
     * @throws IllegalArgumentException if the id is out of range
     */
    void connect(int connectionId, MessageReceiver receiver);

    /** Lets guests signal events on {@code connectionId}; errors as for messages. */
    void connect(int connectionId, EventReceiver receiver);

    /** Takes a message connection away; without effect if the connection does not exist. */
    void disconnectMessages(int connectionId);

    /** Takes an event connection away; without effect if the connection does not exist. */
    void disconnectEvents(int connectionId);

    /**
     * Sends a message to a guest: it goes into the message slot of {@code sint} on VP {@code vp}, in order, when the
     * slot is free and the guest has switched its message page on.
     *
     * @param sint 0 to 15
     * @param type message type, not 0
     * @param payload at most {@link #PAYLOAD_BYTES} bytes; copied
     * @param onDelivered run on the VP's thread once the message is in the slot; not run if a reset or a restore takes
     *     the message away
     * @return {@link hv.api.HvStatus#SUCCESS} when it is queued, {@link hv.api.HvStatus#INSUFFICIENT_BUFFERS} when the
     *     queue is full, {@link hv.api.HvStatus#INVALID_VP_INDEX}, or {@link hv.api.HvStatus#INVALID_SYNIC_STATE} when
     *     the guest was not promised a controller
     * @throws IllegalArgumentException if the message cannot be one
     */
    int postMessage(int vp, int sint, int type, byte[] payload, Runnable onDelivered);

    /**
     * Sets an event flag of a guest and requests the SINT's interrupt if the flag was clear.
     *
     * @param sint 0 to 15
     * @param flag 0 to 2,047
     * @return {@link hv.api.HvStatus#SUCCESS}, {@link hv.api.HvStatus#INVALID_VP_INDEX},
     *     {@link hv.api.HvStatus#INVALID_PARAMETER} for another SINT or flag, or
     *     {@link hv.api.HvStatus#INVALID_SYNIC_STATE} when the controller or its event page is off
     */
    int signalEvent(int vp, int sint, int flag);

    /**
     * Requests the interrupt that {@code sint} of VP {@code vp} is programmed to. Returns false if it is masked or
     * there is no such.
     */
    boolean raise(int vp, int sint);
}
