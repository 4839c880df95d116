package hv.api.vmbus;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Objects;

/**
 * A private copy of one packet that a guest has written, so that nothing in it changes once it has been checked. Used
 * again for the next packet: a device makes one and hands it to {@link RingReader#next} each time. One thread.
 *
 * <p>What is in the payload is the guest's word and unchecked; what is beyond its end cannot be read.
 */
public final class RingPacket {
    /** Data as the device's protocol has it. */
    public static final int IN_BAND = 6;

    /** Data in a buffer that both sides know. */
    public static final int TRANSFER_PAGES = 7;

    /** Data in pages that the packet names. */
    public static final int GPA_DIRECT = 9;

    /** The answer to a packet that wants one. */
    public static final int COMPLETION = 0xB;

    static final int HEAD_BYTES = 16;
    private static final int WANTS_COMPLETION = 1;
    private static final VarHandle SHORTS =
            MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle INTS = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    final byte[] bytes;
    private int total;
    private int header;

    /**
     * One with room.
     *
     * @param mostBytes the longest packet that is taken, head and payload; a longer one is a fault of the guest's
     */
    public RingPacket(int mostBytes) {
        bytes = new byte[Math.max(HEAD_BYTES, mostBytes)];
    }

    /** Takes lengths that have been checked against each other and against the room. */
    void holds(int headerBytes, int totalBytes) {
        header = headerBytes;
        total = totalBytes;
    }

    static int headShort(byte[] head, int at) {
        return (short) SHORTS.get(head, at) & 0xFFFF;
    }

    static void head(byte[] to, int type, int flags, int totalBytes, long transaction) {
        SHORTS.set(to, 0, (short) type);
        SHORTS.set(to, 2, (short) (HEAD_BYTES / Long.BYTES));
        SHORTS.set(to, 4, (short) (totalBytes / Long.BYTES));
        SHORTS.set(to, 6, (short) flags);
        LONGS.set(to, 8, transaction);
    }

    /** A trailer: where the packet began. */
    static void words(byte[] to, int low, int high) {
        INTS.set(to, 0, low);
        INTS.set(to, 4, high);
    }

    /** One of the constants, or what else the guest has written. */
    public int type() {
        return headShort(bytes, 0);
    }

    /** Whether the guest waits for a packet of type {@link #COMPLETION} with the same transaction. */
    public boolean wantsCompletion() {
        return (headShort(bytes, 6) & WANTS_COMPLETION) != 0;
    }

    /** What the guest tells its requests apart by: any 64 bits. */
    public long transaction() {
        return (long) LONGS.get(bytes, 8);
    }

    /** Bytes before the payload, 16 or more. */
    public int headerBytes() {
        return header;
    }

    /** Bytes of payload, 0 or more, a multiple of 8: how many of them mean something, a device's protocol says. */
    public int payloadBytes() {
        return total - header;
    }

    /** The byte at {@code at} in the payload, unsigned. */
    public int byteAt(int at) {
        return bytes[index(at, 1)] & 0xFF;
    }

    /** The 16 bits at {@code at} in the payload, unsigned. */
    public int shortAt(int at) {
        return headShort(bytes, index(at, Short.BYTES));
    }

    /** The 32 bits at {@code at} in the payload. */
    public int intAt(int at) {
        return (int) INTS.get(bytes, index(at, Integer.BYTES));
    }

    /** The 64 bits at {@code at} in the payload. */
    public long longAt(int at) {
        return (long) LONGS.get(bytes, index(at, Long.BYTES));
    }

    /** Copies some of the payload. */
    public void copy(int at, byte[] to, int offset, int length) {
        System.arraycopy(bytes, index(at, length), to, offset, length);
    }

    private int index(int at, int length) {
        Objects.checkFromIndexSize(at, length, payloadBytes());
        return header + at;
    }
}
