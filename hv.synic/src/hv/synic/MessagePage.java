package hv.synic;

import hv.api.GuestMemory;
import hv.api.GuestPage;
import hv.api.synic.SintMessages.Outcome;

/**
 * SIMP and the message page behind it (TLFS "Virtual Interrupt Controller: SynIC Message Page"): 16 slots of 256 bytes.
 *
 * <pre>
 *   +0   MessageType    32 bits   0: the slot is free
 *   +4   PayloadSize     8 bits   0 to 240
 *   +5   MessageFlags    8 bits   bit 0: message pending
 *   +6   reserved       16 bits
 *   +8   origination    64 bits   0 here
 *   +16  payload
 * </pre>
 *
 * <p>Other VPs of the guest may run meanwhile, so the order is the TLFS's: a producer that finds the slot full sets the
 * flag first and then looks at the type once more; a guest clears the type first and then looks at the flag. One of the
 * two sees the other. The type is written last, with release. On the VP's thread.
 */
final class MessagePage {
    static final int SLOT_BYTES = 256;

    private static final int SIZE_AND_FLAGS = 4;
    private static final int ORIGINATION = 8;
    private static final int PAYLOAD = 16;
    private static final int MESSAGE_PENDING = 1 << 8;
    private static final int HVMSG_NONE = 0;

    /** What {@link #claim} gives instead of an address; slots are multiples of 256. */
    private static final long BUSY = -1;

    private static final long NONE = -2;

    private final GuestMemory memory;
    private final Sints sints;
    private long register;

    MessagePage(GuestMemory memory, Sints sints) {
        this.memory = memory;
        this.sints = sints;
    }

    long register() {
        return register;
    }

    void register(long value) {
        register = value;
    }

    /** A message of at most three 8-byte words. */
    Outcome deliver(int sint, int type, int payloadBytes, long first, long second, long third, boolean isRetried) {
        long slot = claim(sint, isRetried);
        if (slot < 0) {
            return slot == BUSY ? Outcome.SLOT_BUSY : Outcome.NO_PAGE;
        }
        if (payloadBytes > 0) {
            memory.putLong(slot + PAYLOAD, first);
        }
        if (payloadBytes > 8) {
            memory.putLong(slot + PAYLOAD + 8, second);
        }
        if (payloadBytes > 16) {
            memory.putLong(slot + PAYLOAD + 16, third);
        }
        return finish(sint, slot, type, payloadBytes);
    }

    /** A message of any length, which is tried again if the slot is full. */
    Outcome deliver(int sint, QueuedMessage message) {
        long slot = claim(sint, true);
        if (slot < 0) {
            return slot == BUSY ? Outcome.SLOT_BUSY : Outcome.NO_PAGE;
        }
        byte[] payload = message.payload();
        if (payload.length > 0) {
            memory.write(slot + PAYLOAD, payload, 0, payload.length);
        }
        return finish(sint, slot, message.type(), payload.length);
    }

    /** The address of the SINT's slot if it is free. */
    private long claim(int sint, boolean isRetried) {
        if (!GuestPage.isUsable(register, memory)) {
            return NONE;
        }
        long slot = GuestPage.gpa(register) + (long) sint * SLOT_BYTES;
        if (memory.getIntAcquire(slot) == HVMSG_NONE) {
            return slot;
        }
        if (!isRetried) {
            return BUSY;
        }
        memory.getAndBitwiseOrInt(slot + SIZE_AND_FLAGS, MESSAGE_PENDING);
        return memory.getIntAcquire(slot) == HVMSG_NONE ? slot : BUSY;
    }

    private Outcome finish(int sint, long slot, int type, int payloadBytes) {
        memory.putLong(slot + ORIGINATION, 0);
        memory.putInt(slot + SIZE_AND_FLAGS, payloadBytes);
        memory.putIntRelease(slot, type);
        return sints.raise(sint) ? Outcome.DELIVERED : Outcome.MASKED;
    }
}
