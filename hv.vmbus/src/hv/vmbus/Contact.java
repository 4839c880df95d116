package hv.vmbus;

import java.nio.ByteBuffer;
import java.util.List;

/**
 * What a guest and the bus have agreed on when the guest made contact.
 *
 * @param version of the protocol, major in the upper 16 bits
 * @param vp which VP messages go to
 * @param sint which of its SINTs
 */
record Contact(int version, int vp, int sint) {
    /** The SINT of VMBus in Linux and Windows; guests before 5.0 say nothing else. */
    static final int VMBUS_SINT = 2;

    /** From here on a guest says where its messages go, 3.0. */
    private static final int HAS_TARGET = 0x3_0000;

    /** From here on it says which SINT, and posts to the connection that it is told, 5.0. */
    static final int HAS_SINT = 0x5_0000;

    /** From here on MODIFYCHANNEL is answered, 5.3. */
    static final int ANSWERS_MODIFY = 0x5_0003;

    /** From here on there is MODIFYCHANNEL, 4.1. */
    static final int HAS_MODIFY = 0x4_0001;

    private static final List<Integer> KNOWN =
            List.of(0x5_0003, 0x5_0002, 0x5_0001, 0x5_0000, 0x4_0001, 0x4_0000, 0x3_0000, 0x2_0004);

    /** What INITIATE_CONTACT asks for, and where its answer goes, whether the version is known or not. */
    static Contact of(ByteBuffer message, int vps) {
        int version = message.getInt(8);
        int vp = message.getInt(12);
        boolean isTargeted = Integer.compareUnsigned(version, HAS_TARGET) >= 0 && vp >= 0 && vp < vps;
        int sint = Integer.compareUnsigned(version, HAS_SINT) >= 0 ? message.get(16) & 0xFF : VMBUS_SINT;
        return new Contact(version, isTargeted ? vp : 0, sint >= 1 && sint < 16 ? sint : VMBUS_SINT);
    }

    boolean isKnown() {
        return KNOWN.contains(version);
    }
}
