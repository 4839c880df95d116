package hv.fuzz.vmbus;

import hv.api.GuestMemory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.Arrays;

/**
 * The guest's ends of a channel's two rings, over pages that lie anywhere, and what it has sent and not got back yet.
 * As long as the guest keeps to the rules nothing may be lost, doubled or mixed up. One thread.
 */
final class GuestRing {
    private static final int PAGE = GuestMemory.PAGE_BYTES;
    private static final int HEAD = 16;
    private static final int TRAILER = 8;
    private static final int WRITE = 0;
    private static final int READ = 4;
    private static final int MASK = 8;
    private static final int PENDING = 12;
    private static final int FEATURES = 64;

    /** Packets of one direction that a test keeps in mind. */
    record Sent(long transaction, boolean wantsCompletion, byte[] payload) {}

    private final GuestMemory memory;
    private final long[] out;
    private final long[] in;
    final ArrayDeque<Sent> sent = new ArrayDeque<>();

    /** Whether the guest has kept to the rules so far, and nobody else uses its pages. */
    boolean isClean = true;

    GuestRing(GuestMemory memory, long[] pages, int hostRing) {
        this.memory = memory;
        this.out = Arrays.copyOf(pages, hostRing);
        this.in = Arrays.copyOfRange(pages, hostRing, pages.length);
    }

    /** Empties both rings, as a guest does before it opens them. */
    void prepare() {
        for (int at = 0; at < 128; at += Integer.BYTES) {
            memory.putInt(address(out, at), 0);
            memory.putInt(address(in, at), 0);
        }
        memory.putInt(address(out, FEATURES), 1);
        memory.putInt(address(in, FEATURES), 1);
        sent.clear();
    }

    long[] outPages() {
        return out;
    }

    long[] inPages() {
        return in;
    }

    private static long address(long[] pages, int at) {
        return (pages[at / PAGE] << 12) + at % PAGE;
    }

    private static int size(long[] pages) {
        return (pages.length - 1) * PAGE;
    }

    /** Changes a word of the page with the indices of one of the rings. */
    void word(boolean isOut, int at, int value) {
        memory.putInt(address(isOut ? out : in, at), value);
    }

    int word(boolean isOut, int at) {
        return memory.getInt(address(isOut ? out : in, at));
    }

    int size(boolean isOut) {
        return size(isOut ? out : in);
    }

    /** Writes bytes into a ring's data, past its end and on from its beginning. */
    void put(boolean isOut, int at, byte[] bytes) {
        long[] pages = isOut ? out : in;
        for (int i = 0; i < bytes.length; i++) {
            memory.write(address(pages, PAGE + (at + i) % size(pages)), bytes, i, 1);
        }
    }

    private void putLong(int at, long value) {
        memory.putLong(address(out, PAGE + at), value);
    }

    /**
     * Sends a packet by the rules, if there is room.
     *
     * @param payload of a multiple of 8 bytes
     * @return whether the host is to be signalled
     */
    boolean send(Sent packet) {
        int size = size(out);
        int write = word(true, WRITE);
        int read = word(true, READ);
        int total = HEAD + packet.payload().length;
        if (write < 0 || write >= size || read < 0 || read >= size || (write & 7) != 0) {
            return false; // the guest itself has made this unusable
        }
        int free = write >= read ? size - (write - read) : read - write;
        if (free <= total + TRAILER) {
            word(true, PENDING, total + TRAILER + 8);
            return true;
        }
        word(true, PENDING, 0);
        ByteBuffer bytes = ByteBuffer.allocate(total + TRAILER).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putShort((short) 6).putShort((short) 2).putShort((short) (total / 8));
        bytes.putShort((short) (packet.wantsCompletion() ? 1 : 0)).putLong(packet.transaction());
        bytes.put(packet.payload()).putInt(0).putInt(write);
        int at = write;
        for (int i = 0; i < bytes.capacity(); i += Long.BYTES) {
            putLong(at, bytes.getLong(i));
            at = (at + Long.BYTES) % size;
        }
        sent.add(packet);
        word(true, WRITE, at);
        return word(true, MASK) == 0 && word(true, READ) == write;
    }

    /** The next packet, head and payload; null if there is none, or what is there cannot be one. */
    ByteBuffer receive() {
        int size = size(in);
        int write = word(false, WRITE);
        int read = word(false, READ);
        boolean isUsable = write >= 0 && write < size && read >= 0 && read < size && (read & 7) == 0 && write != read;
        if (!isUsable) {
            return null;
        }
        int words = memory.getInt(address(in, PAGE + (read + 4) % size)) & 0xFFFF;
        int used = write > read ? write - read : size - read + write;
        if (8 * words + TRAILER > used || words < 2) {
            return null;
        }
        ByteBuffer packet = ByteBuffer.allocate(8 * words).order(ByteOrder.LITTLE_ENDIAN);
        int at = read;
        for (int i = 0; i < words; i++) {
            packet.putLong(memory.getLong(address(in, PAGE + at)));
            at = (at + Long.BYTES) % size;
        }
        word(false, READ, (at + TRAILER) % size);
        return packet.flip();
    }

    /** Whether the host waits for room, and is to be signalled after a packet was taken. */
    boolean isRoomAwaited() {
        return word(false, PENDING) != 0;
    }
}
