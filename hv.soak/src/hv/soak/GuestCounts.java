package hv.soak;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * What one VP of the guest has counted, in the order in which {@code soak.guest} keeps it: the payload of its last
 * message.
 *
 * @param messages of the host, the last one, stop, not counted
 * @param messageInterrupts interrupts of the SINT they come on
 * @param eoms writes to EOM
 * @param timers timer messages
 * @param timerInterrupts interrupts of the SINT they come on
 * @param skipped periods between two messages whose own message met a full slot
 * @param firstExpiration100ns of the first timer message
 * @param lastExpiration100ns of the last one, 0 if there was none
 * @param stop100ns reference time just before the timer was switched off
 * @param latest100ns longest time from an expiration to its delivery
 * @param ipisSent calls that sent an IPI to the next VP
 * @param ipisReceived interrupts from such calls
 * @param events flags of the host
 * @param eventInterrupts interrupts of the SINT they come on
 * @param signals events signalled to the host
 * @param posts messages that the host took
 * @param postsRefused those it had no room for
 * @param flushes TLB flush calls
 * @param clockReads reads of TIME_REF_COUNT
 */
record GuestCounts(
        long messages,
        long messageInterrupts,
        long eoms,
        long timers,
        long timerInterrupts,
        long skipped,
        long firstExpiration100ns,
        long lastExpiration100ns,
        long stop100ns,
        long latest100ns,
        long ipisSent,
        long ipisReceived,
        long events,
        long eventInterrupts,
        long signals,
        long posts,
        long postsRefused,
        long flushes,
        long clockReads) {
    static final int BYTES = 19 * Long.BYTES;

    /** Reads a payload of {@link #BYTES} bytes. */
    static GuestCounts read(byte[] payload) {
        ByteBuffer from = ByteBuffer.wrap(payload).order(ByteOrder.LITTLE_ENDIAN);
        return new GuestCounts(
                from.getLong(),
                from.getLong(),
                from.getLong(),
                from.getLong(),
                from.getLong(),
                from.getLong(),
                from.getLong(),
                from.getLong(),
                from.getLong(),
                from.getLong(),
                from.getLong(),
                from.getLong(),
                from.getLong(),
                from.getLong(),
                from.getLong(),
                from.getLong(),
                from.getLong(),
                from.getLong(),
                from.getLong());
    }
}
