package hv.netvsc;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** The messages by which guest and host agree on buffers and hand each other packets. Numbers alone; no state. */
final class Nvsp {
    /** Every answer has so many bytes: some of Linux' drivers wait for ever for a longer one than they got. */
    static final int BYTES = 40;

    static final int INIT = 1;
    static final int INIT_COMPLETE = 2;
    static final int NDIS_VERSION = 100;
    static final int RECEIVE_BUFFER = 101;
    static final int RECEIVE_BUFFER_COMPLETE = 102;
    static final int REVOKE_RECEIVE_BUFFER = 103;
    static final int SEND_BUFFER = 104;
    static final int SEND_BUFFER_COMPLETE = 105;
    static final int REVOKE_SEND_BUFFER = 106;
    static final int RNDIS_PACKET = 107;
    static final int RNDIS_PACKET_COMPLETE = 108;
    static final int NDIS_CONFIG = 125;
    static final int SUBCHANNEL = 133;

    static final int SUCCESS = 1;
    static final int FAILURE = 2;

    static final int VERSION_1 = 2;
    static final int VERSION_4 = 0x4_0000;
    static final int VERSION_6_1 = 0x6_0001;

    /** The guest's set of pages with the receive buffer. */
    static final int RECEIVE_SET = 0xCAFE;

    static final int NO_SECTION = -1;
    static final int CHANNEL_DATA = 0;
    static final int CHANNEL_CONTROL = 1;

    private static final int LONGEST_CHAIN = 34;

    private Nvsp() {}

    /** Whether a version is spoken. */
    static boolean isSpoken(int version) {
        return switch (version) {
            case VERSION_1, 0x3_0002, VERSION_4, 0x5_0000, 0x6_0000, VERSION_6_1 -> true;
            default -> false;
        };
    }

    static byte[] message(int type, int... words) {
        ByteBuffer message = ByteBuffer.allocate(BYTES).order(ByteOrder.LITTLE_ENDIAN);
        message.putInt(type);
        for (int word : words) {
            message.putInt(word);
        }
        return message.array();
    }

    static byte[] initComplete(int version, boolean isSpoken) {
        return message(
                INIT_COMPLETE, version == VERSION_1 ? VERSION_1 : -1, LONGEST_CHAIN, isSpoken ? SUCCESS : FAILURE);
    }
}
