package hv.vmbus;

import static org.junit.jupiter.api.Assertions.assertEquals;

import hv.testkit.VmbusRings;
import java.nio.ByteBuffer;

/**
 * The driver of a small service in a guest, as Linux has it (drivers/hv/hv_util.c): it answers in the buffer it got.
 */
final class Utils {
    private final FakeGuest guest;
    private final VmbusRings rings;
    private final int framework;
    private final int version;

    /** Opens the channel; chooses these versions, or none if they are 0. */
    Utils(FakeGuest guest, int channel, int framework, int version) {
        this.guest = guest;
        this.framework = framework;
        this.version = version;
        rings = guest.rings(channel, 9 + channel, 0x40 + 16 * channel, 4, 0);
        guest.run();
    }

    /** The next message, with its head; null if there is none. */
    ByteBuffer receive() {
        guest.run();
        return rings.receive();
    }

    /** Answers the question about versions. */
    void negotiate() {
        ByteBuffer asked = receive();
        assertEquals(6, asked.getShort(0));
        assertEquals(1, asked.getInt(16));
        assertEquals(0, asked.getShort(16 + 12), "a negotiation");
        assertEquals(3, asked.get(16 + 25));
        if (version == 0) {
            asked.putShort(16 + 28, (short) 0).putShort(16 + 30, (short) 0);
        } else {
            asked.putShort(16 + 28, (short) 1).putShort(16 + 30, (short) 1);
            putVersion(asked, 16 + 36, framework);
            putVersion(asked, 16 + 40, version);
        }
        asked.putShort(16 + 18, (short) 16);
        answer(asked);
    }

    private static void putVersion(ByteBuffer to, int at, int version) {
        to.putShort(at, (short) (version >>> 16)).putShort(at + 2, (short) version);
    }

    /** Sends a message back. */
    void answer(ByteBuffer message) {
        message.put(16 + 25, (byte) 5);
        byte[] payload = new byte[message.capacity() - 16];
        message.get(16, payload);
        rings.send(message.getLong(8), false, payload);
        guest.run();
    }

    VmbusRings rings() {
        return rings;
    }
}
