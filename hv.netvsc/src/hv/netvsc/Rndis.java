package hv.netvsc;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** The messages of a network adapter inside of {@link Nvsp}'s packets. Numbers and shapes alone; no state. */
final class Rndis {
    static final int PACKET = 1;
    static final int INIT = 2;
    static final int HALT = 3;
    static final int QUERY = 4;
    static final int SET = 5;
    static final int RESET = 6;
    static final int INDICATE = 7;
    static final int KEEP_ALIVE = 8;
    static final int ANSWER = 0x8000_0000;

    static final int STATUS_SUCCESS = 0;
    static final int STATUS_FAILURE = 0xC000_0001;
    static final int STATUS_INVALID_DATA = 0xC001_0015;
    static final int STATUS_NOT_SUPPORTED = 0xC000_00BB;
    static final int CONNECTED = 0x4001_000B;
    static final int DISCONNECTED = 0x4001_000C;

    /** In front of every message: type and length. */
    static final int HEAD_BYTES = 8;

    /** In front of a frame, with nothing beside it. */
    static final int PACKET_BYTES = 44;

    /** Where the frame is, counted from behind the head. */
    static final int DATA_OFFSET = PACKET_BYTES - HEAD_BYTES;

    static final int DATA_OFFSET_AT = 8;
    static final int DATA_LENGTH_AT = 12;
    static final int PPI_OFFSET_AT = 28;
    static final int PPI_LENGTH_AT = 32;

    /** In front of a value beside a frame: size, type, offset. */
    static final int PPI_BYTES = 12;

    static final int PPI_CHECKSUM = 0;
    static final int PPI_LARGE_SEND = 2;
    static final int PPI_VLAN = 6;

    /** The longest question that is looked at. */
    static final int MOST_CONTROL_BYTES = 1024;

    private static final int PACKETS_PER_MESSAGE = 8;
    private static final int MOST_TRANSFER = 0x4000;
    private static final int ALIGNMENT_EXPONENT = 3;

    private Rndis() {}

    private static ByteBuffer message(int type, int bytes) {
        return ByteBuffer.allocate(bytes)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(type)
                .putInt(bytes);
    }

    /** The answer to INIT: what the adapter takes. */
    static byte[] initAnswer(int request) {
        return message(INIT | ANSWER, 52)
                .putInt(request)
                .putInt(STATUS_SUCCESS)
                .putInt(1)
                .putInt(0)
                .putInt(1)
                .putInt(0)
                .putInt(PACKETS_PER_MESSAGE)
                .putInt(MOST_TRANSFER)
                .putInt(ALIGNMENT_EXPONENT)
                .array();
    }

    /** The answer to QUERY. */
    static byte[] queryAnswer(int request, int status, byte[] value) {
        return message(QUERY | ANSWER, 24 + value.length)
                .putInt(request)
                .putInt(status)
                .putInt(value.length)
                .putInt(16)
                .put(value)
                .array();
    }

    /** The answer to SET or KEEP_ALIVE. */
    static byte[] answer(int type, int request, int status) {
        return message(type | ANSWER, 16).putInt(request).putInt(status).array();
    }

    /** The answer to RESET, which has no number. */
    static byte[] resetAnswer() {
        return message(RESET | ANSWER, 16).putInt(STATUS_SUCCESS).putInt(0).array();
    }

    /** News that nobody has asked for. */
    static byte[] indicate(int status) {
        return message(INDICATE, 20).putInt(status).putInt(0).putInt(0).array();
    }
}
