package hv.api.synic;

import org.osgi.annotation.versioning.ConsumerType;

/**
 * One VP's message slots, for producers that run on that VP's thread, such as its timers (TLFS "SynIC Message Page").
 *
 * <p>Implemented by the VP part of {@code synic}, reached through {@link hv.api.VirtualProcessor#peer}. Nothing is queued
 * here: a producer whose message finds no place keeps it and tries again when told that the slot was acknowledged.
 */
@ConsumerType
public interface SintMessages {
    /** What became of a message. */
    enum Outcome {
        /** In the slot, interrupt requested. */
        DELIVERED,
        /** In the slot; the SINT is masked, so no interrupt. KVM counts that as not delivered. */
        MASKED,
        /** The slot holds another message; its "message pending" flag is set now. */
        SLOT_BUSY,
        /** The message page is switched off or not in RAM. */
        NO_PAGE
    }

    /**
     * Puts a short message into the slot of {@code sint}, if the slot is free.
     *
     * @param sint 0 to 15
     * @param type message type, bit 31 set for messages of the hypervisor
     * @param payloadBytes 0 to 24, a multiple of 8
     * @param first bytes 0 to 7 of the payload
     * @param second bytes 8 to 15
     * @param third bytes 16 to 23
     */
    Outcome deliver(int sint, int type, int payloadBytes, long first, long second, long third);

    /** Whether the guest may use this VP's controller at all: it was promised, or somebody enabled it. */
    boolean isActive();

    /** Has {@code listener} told, on the VP's thread, each time the guest acknowledges a SINT by EOM or EOI. */
    void onAcknowledge(AcknowledgeListener listener);

    /** Is told of acknowledgements. */
    @FunctionalInterface
    interface AcknowledgeListener {
        /** The guest is done with the message of {@code sint}, 0 to 15: try again if one waits. */
        void acknowledged(int sint);
    }
}
