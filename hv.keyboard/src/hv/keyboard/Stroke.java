package hv.keyboard;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * A key that goes down or up.
 *
 * @param code of set 1, without 0xE0 in front and without the bit for going up
 * @param flags what is beside it in the message
 */
record Stroke(int code, int flags) {
    static final int UP = 2;
    static final int EXTENDED = 4;
    static final int MOST_CODE = 0x7F;

    /** In a saved state. */
    static final int SAVED_BYTES = 2;

    private static final int MESSAGE = 3;
    private static final int MESSAGE_BYTES = 12;

    static Stroke of(int code, boolean isExtended, boolean isPressed) {
        return new Stroke(code, (isExtended ? EXTENDED : 0) | (isPressed ? 0 : UP));
    }

    boolean isExtended() {
        return (flags & EXTENDED) != 0;
    }

    boolean isPressed() {
        return (flags & UP) == 0;
    }

    /** Whether there is such a key; what is restored may be anything. */
    boolean isPossible() {
        return code >= 1 && code <= MOST_CODE && (flags & ~(UP | EXTENDED)) == 0;
    }

    /** What the guest is told. */
    byte[] message() {
        return ByteBuffer.allocate(MESSAGE_BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(MESSAGE)
                .putShort((short) code)
                .putShort((short) 0)
                .putInt(flags)
                .array();
    }
}
