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

    /** The first word of a head without a header of its own behind it. */
    static long head(int type, int flags, int totalBytes) {
        return type
                | (long) (HEAD_BYTES / Long.BYTES) << 16
                | (long) (totalBytes / Long.BYTES) << 32
                | (long) flags << 48;
    }

    /** The length of head and header in bytes that the first word of a head tells. */
    static int headerBytes(long head) {
        return (int) (head >>> 16 & 0xFFFF) * Long.BYTES;
    }

    /** The length of the whole in bytes that the first word of a head tells. */
    static int totalBytes(long head) {
        return (int) (head >>> 32 & 0xFFFF) * Long.BYTES;
    }

    /** Takes both words of a head. */
    void head(long head, long transaction) {
        LONGS.set(bytes, 0, head);
        LONGS.set(bytes, 8, transaction);
    }

    private int headShort(int at) {
        return (short) SHORTS.get(bytes, at) & 0xFFFF;
    }

    /** One of the constants, or what else the guest has written. */
    public int type() {
        return headShort(0);
    }

    /** Whether the guest waits for a packet of type {@link #COMPLETION} with the same transaction. */
    public boolean wantsCompletion() {
        return (headShort(6) & WANTS_COMPLETION) != 0;
    }

    /** What the guest tells its requests apart by: any 64 bits. */
    public long transaction() {
        return (long) LONGS.get(bytes, 8);
    }

    /** Bytes before the payload, 16 or more. */
    public int headerBytes() {
        return header;
    }

    /**
     * The 32 bits at {@code at} in the packet, in what is before the payload: of one of type {@link #GPA_DIRECT} the
     * ranges are there, from 20 on.
     */
    public int headerIntAt(int at) {
        return (int) INTS.get(bytes, Objects.checkFromIndexSize(at, Integer.BYTES, header));
    }

    /** The 64 bits at {@code at} in the packet, in what is before the payload. */
    public long headerLongAt(int at) {
        return (long) LONGS.get(bytes, Objects.checkFromIndexSize(at, Long.BYTES, header));
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
        return headShort(index(at, Short.BYTES));
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
