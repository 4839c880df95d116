package hv.vmbus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The driver of a small service in a guest, as Linux has it (drivers/hv/hv_util.c): it answers in the buffer it got, a
 * message of 28 bytes and a body, with what is said about each below.
 */
final class HvUtils {
    static final int BODY = 28;
    private static final int TYPE = 12;
    private static final int VERSION = 14;
    private static final int SIZE = 18;
    private static final int STATUS = 20;
    private static final int TRANSACTION = 24;
    private static final int FLAGS = 25;

    private final Wire wire;
    private final int type;

    HvUtils(Wire wire, int type) {
        this.wire = wire;
        this.type = type;
    }

    /** Takes the question about versions, and chooses one that was offered. */
    HvUtils negotiate(int framework, int version) {
        answerVersions(question(), framework, version);
        return this;
    }

    ByteBuffer question() {
        ByteBuffer asked = wire.receive();
        assertNotNull(asked, "the question about versions");
        assertEquals(0, asked.getShort(TYPE), "a question about versions");
        assertEquals(3, asked.get(FLAGS), "a transaction, and a request");
        return asked;
    }

    /** As vmbus_prep_negotiate_resp: one of each, in place of the lists. */
    void answerVersions(ByteBuffer asked, int framework, int version) {
        int frameworks = asked.getShort(BODY);
        int versions = asked.getShort(BODY + 2);
        boolean isFramework = false;
        boolean isVersion = false;
        for (int i = 0; i < frameworks + versions; i++) {
            int at = BODY + 8 + 4 * i;
            int offered = asked.getShort(at) << 16 | asked.getShort(at + 2);
            isFramework |= i < frameworks && offered == framework;
            isVersion |= i >= frameworks && offered == version;
        }
        assertEquals(true, isFramework && isVersion, "what Linux speaks is offered");
        asked.putShort(BODY, (short) 1).putShort(BODY + 2, (short) 1);
        asked.putShort(BODY + 8, (short) (framework >>> 16)).putShort(BODY + 10, (short) framework);
        asked.putShort(BODY + 12, (short) (version >>> 16)).putShort(BODY + 14, (short) version);
        asked.putShort(SIZE, (short) 16);
        answer(asked, 0);
    }

    /** The next request; null if there is none. */
    ByteBuffer next() {
        ByteBuffer asked = wire.receive();
        if (asked != null) {
            assertEquals(type, asked.getShort(TYPE), "the service's type");
            assertEquals(3, asked.get(FLAGS), "a transaction, and a request");
            assertEquals(1, asked.getInt(0), "data in a pipe");
            assertEquals(asked.getShort(SIZE) + 20, asked.getInt(4), "the pipe's length");
        }
        return asked;
    }

    /** The next request, which must be there. */
    ByteBuffer ask() {
        ByteBuffer asked = next();
        assertNotNull(asked, "a request");
        return asked;
    }

    int versionOf(ByteBuffer asked) {
        return asked.getShort(VERSION) << 16 | asked.getShort(VERSION + 2);
    }

    int sizeOf(ByteBuffer asked) {
        return asked.getShort(SIZE) & 0xFFFF;
    }

    int transactionOf(ByteBuffer asked) {
        return asked.get(TRANSACTION) & 0xFF;
    }

    /** Sends it back. */
    void answer(ByteBuffer asked, int status) {
        asked.putInt(STATUS, status).put(FLAGS, (byte) 5);
        wire.send(asked.array());
    }

    /** An answer to a request of which the guest knows nothing yet. */
    void answerUnseen(int transaction) {
        ByteBuffer made = ByteBuffer.allocate(48).order(ByteOrder.LITTLE_ENDIAN);
        made.putInt(0, 1).putInt(4, 40).putShort(TYPE, (short) type).putShort(SIZE, (short) 20);
        answer(made.put(TRANSACTION, (byte) transaction), 0);
    }
}
