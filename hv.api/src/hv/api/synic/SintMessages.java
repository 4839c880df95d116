package hv.api.synic;

import org.osgi.annotation.versioning.ConsumerType;

/**
 * One VP's message slots, for producers that run on that VP's thread, such as its timers (TLFS "Virtual Interrupt
 * Controller: SynIC Message Page").
 *
 * <p>Implemented by the VP part of {@code synic}, reached through {@link hv.api.enlightenment.VirtualProcessor#peer}.
 * Nothing is queued here: a producer whose message finds no place keeps it, and tries again when the slot is
 * acknowledged ({@link SintListener}).
 */
@ConsumerType
public interface SintMessages {
    /** What became of a message. */
    enum Outcome {
        /** In the slot, interrupt requested. */
        DELIVERED,
        /** In the slot; the SINT is masked, so no interrupt. KVM counts that as not delivered. */
        MASKED,
        /** The slot holds another message. */
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
     * @param isRetried whether the caller tries again later: sets the "message pending" flag of a busy slot, so that
     *     the guest acknowledges it
     */
    Outcome deliver(int sint, int type, int payloadBytes, long first, long second, long third, boolean isRetried);

    /**
     * Requests a fixed interrupt that no SINT stands for. AutoEOI is a property of the vector (KVM), so a vector that a
     * SINT has made AutoEOI is that here too.
     *
     * @param vector 0 to 255; below 16 it is ignored, as an APIC does
     */
    void interrupt(int vector);
}
