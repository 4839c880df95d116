package hv.machine.device;

/** A queue of bytes with a fixed capacity, in a ring. Guarded by whoever has it. */
final class ByteQueue {
    private final byte[] ring;
    private int first;
    private int size;

    ByteQueue(int capacity) {
        ring = new byte[capacity];
    }

    int size() {
        return size;
    }

    boolean isEmpty() {
        return size == 0;
    }

    boolean isFull() {
        return size == ring.length;
    }

    /** Puts a byte behind the others; there must be room. */
    void add(int value) {
        ring[(first + size) % ring.length] = (byte) value;
        size++;
    }

    /** Takes the oldest byte, 0 to 255; there must be one. */
    int remove() {
        int value = Byte.toUnsignedInt(ring[first]);
        first = (first + 1) % ring.length;
        size--;
        return value;
    }

    void clear() {
        first = 0;
        size = 0;
    }

    /** The bytes from the oldest on, and zeros behind them: as many as the capacity. */
    byte[] contents() {
        byte[] contents = new byte[ring.length];
        for (int i = 0; i < size; i++) {
            contents[i] = ring[(first + i) % ring.length];
        }
        return contents;
    }
}
