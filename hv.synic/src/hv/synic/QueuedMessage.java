package hv.synic;

import java.util.Objects;

/**
 * A message of host-side code that waits for its slot. Immutable.
 *
 * @param type its type, not 0
 * @param payload at most 240 bytes, owned by this record
 * @param onDelivered told once it is in the slot
 */
record QueuedMessage(int type, byte[] payload, Runnable onDelivered) {
    /** For messages that come out of saved state: whoever waited for them is gone. */
    static final Runnable NOBODY = () -> {};

    @Override
    public boolean equals(Object other) {
        return other instanceof QueuedMessage that
                && type == that.type
                && java.util.Arrays.equals(payload, that.payload)
                && onDelivered.equals(that.onDelivered);
    }

    @Override
    public int hashCode() {
        return Objects.hash(type, java.util.Arrays.hashCode(payload), onDelivered);
    }

    @Override
    public String toString() {
        return "message type 0x%x, %d bytes".formatted(type, payload.length);
    }
}
