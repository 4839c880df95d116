package hv.testkit;

import hv.api.GuestMemory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.function.IntConsumer;

/**
 * The guest's ends of a channel's rings, by the rules of Linux (drivers/hv/ring_buffer.c). One thread.
 */
public final class VmbusRings {
    private final IntConsumer signal;
    private final GuestMemory memory;
    private final int connection;
    private final long out;
    private final long in;
    private final int size;

    /**
     * Sets them up, as Linux does before it opens the channel.
     *
     * @param signal HvCallSignalEvent on a connection
     * @param first the first of the pages, which are the ring that the guest writes and then the other one
     * @param pages of each ring
     */
    public VmbusRings(GuestMemory memory, IntConsumer signal, int connection, int first, int pages) {
        this.signal = signal;
        this.memory = memory;
        this.connection = connection;
        this.out = first * 4096L;
        this.in = (first + pages) * 4096L;
        this.size = (pages - 1) * 4096;
        for (int i = 0; i < 128; i += 4) {
            memory.putInt(out + i, 0);
            memory.putInt(in + i, 0);
        }
        memory.putInt(out + 64, 1);
        memory.putInt(in + 64, 1);
    }

    /** How many bytes each ring has for packets. */
    public int size() {
        return size;
    }

    /** Word {@code at} of the page that the guest writes. */
    public int outWord(int at) {
        return memory.getInt(out + at);
    }

    /** Sets that word. */
    public void outWord(int at, int value) {
        memory.putInt(out + at, value);
    }

    /** Word {@code at} of the page that the host writes. */
    public int inWord(int at) {
        return memory.getInt(in + at);
    }

    /** Sets that word. */
    public void inWord(int at, int value) {
        memory.putInt(in + at, value);
    }

    /** Puts a packet of type 6 into the ring, and signals if the host wants that; false if there is no room. */
    public boolean send(long transaction, boolean wantsCompletion, byte[] payload) {
        return send(6, transaction, wantsCompletion, new byte[0], payload);
    }

    /**
     * Puts a packet of type 9 into the ring, which names pages, and signals if the host wants that; false if there is
     * no room.
     *
     * @param offset where in the first page the data begins
     * @param bytes how much there is
     * @param pages the pages' numbers
     */
    public boolean sendDirect(long transaction, byte[] payload, int offset, int bytes, long... pages) {
        ByteBuffer range = ByteBuffer.allocate(16 + 8 * pages.length).order(ByteOrder.LITTLE_ENDIAN);
        range.putInt(0).putInt(1).putInt(bytes).putInt(offset);
        for (long page : pages) {
            range.putLong(page);
        }
        return send(9, transaction, true, range.array(), payload);
    }

    /**
     * Puts a packet into the ring, and signals if the host wants that; false if there is no room.
     *
     * @param header what is between the head and the payload, as in a packet that names pages; a multiple of 8 bytes
     */
    public boolean send(int type, long transaction, boolean wantsCompletion, byte[] header, byte[] payload) {
        int padded = (header.length + payload.length + 7) / 8 * 8;
        int write = outWord(0);
        int read = outWord(4);
        int free = write >= read ? size - (write - read) : read - write;
        if (free <= 16 + padded + 8) {
            return false;
        }
        ByteBuffer packet = ByteBuffer.allocate(16 + padded + 8).order(ByteOrder.LITTLE_ENDIAN);
        packet.putShort((short) type).putShort((short) (2 + header.length / 8)).putShort((short) (2 + padded / 8));
        packet.putShort((short) (wantsCompletion ? 1 : 0))
                .putLong(transaction)
                .put(header)
                .put(payload);
        packet.putInt(16 + padded + 4, write);
        put(write, packet.array());
        outWord(0, (write + packet.capacity()) % size);
        memory.fullFence();
        if (outWord(8) == 0 && outWord(4) == write) {
            signal.accept(connection);
        }
        return true;
    }

    /** Raw bytes at an offset of the data that the guest writes. */
    public void put(int at, byte[] bytes) {
        int first = Math.min(bytes.length, size - at);
        memory.write(out + 4096 + at, bytes, 0, first);
        memory.write(out + 4096, bytes, first, bytes.length - first);
    }

    /** The next packet, head and payload; null if there is none. Signals as Linux does when the host waits for room. */
    public ByteBuffer receive() {
        int write = inWord(0);
        int read = inWord(4);
        if (write == read) {
            return null;
        }
        byte[] head = get(read, 16);
        int total = (ByteBuffer.wrap(head).order(ByteOrder.LITTLE_ENDIAN).getShort(4) & 0xFFFF) * 8;
        byte[] packet = get(read, total);
        int used = write >= read ? write - read : size - read + write;
        inWord(4, (read + total + 8) % size);
        memory.fullFence();
        int before = size - used;
        int pending = inWord(12);
        if (pending != 0 && before <= pending && pending < before + total + 8) {
            signal.accept(connection);
        }
        return ByteBuffer.wrap(packet).order(ByteOrder.LITTLE_ENDIAN);
    }

    private byte[] get(int at, int length) {
        byte[] bytes = new byte[length];
        int first = Math.min(length, size - at);
        memory.read(in + 4096 + at, bytes, 0, first);
        memory.read(in + 4096, bytes, first, length - first);
        return bytes;
    }
}
