package hv.api.vmbus;

/**
 * The host's end of the ring that a guest reads. Used by the device whose channel it is, on the thread that serves the
 * channel.
 *
 * <p>{@link #write} puts a packet into the ring, {@link #commit} shows the guest all packets since the last time and
 * says whether it is to be signalled. A packet that finds no room is not written in part: the guest is told how much
 * room is waited for, signals when it has freed that much, and the device is woken.
 */
public final class RingWriter {
    /** What became of a packet. */
    public enum Outcome {
        /** It is in the ring, and is seen by the guest after the next commit. */
        WRITTEN,
        /** There is no room; the guest signals when there is. */
        FULL,
        /** The guest has written what cannot be: the ring is not written any more. */
        FAULT
    }

    private static final int TRAILER_BYTES = 8;
    private static final byte[] PADDING = new byte[Long.BYTES];

    /** A writer keeps so many bytes free, since equal indices mean an empty ring. */
    private static final int KEPT_FREE = 8;

    private final RingControl control;
    private final PageList ring;
    private final int size;
    private int write;
    private int committed;
    private boolean isWaiting;
    private boolean isFaulty;

    /** The writer of a ring whose first page holds the indices; continues where the last one has stopped. */
    public RingWriter(PageList pages) {
        control = new RingControl(pages.memory(), pages.gpa(0));
        ring = pages.slice(1, pages.pages() - 1);
        size = (int) ring.bytes();
        int index = control.writeIndex();
        if (index >= 0 && index < size && index % Long.BYTES == 0) {
            write = index;
            committed = index;
        } else {
            isFaulty = true;
        }
        control.announcePendingSend();
        control.pendingSend(0);
    }

    /** Whether the guest has written what cannot be. */
    public boolean isFaulty() {
        return isFaulty;
    }

    /** The longest payload for which there can ever be room. */
    public int mostPayloadBytes() {
        return size - KEPT_FREE - TRAILER_BYTES - RingPacket.HEAD_BYTES;
    }

    /**
     * Puts a packet into the ring.
     *
     * @param type as in {@link RingPacket}; one without a header of its own
     * @param wantsCompletion whether the guest is to answer
     * @param transaction what the answer carries; that of the guest's packet if this is a completion
     * @param payload at most {@link #mostPayloadBytes} of them
     * @throws IllegalArgumentException if it could never have room
     */
    public Outcome write(int type, boolean wantsCompletion, long transaction, byte[] payload, int offset, int length) {
        int total = total(length);
        return put(RingPacket.head(type, wantsCompletion ? 1 : 0, total), total, transaction, payload, offset, length);
    }

    /**
     * Puts a packet with a header of its own into the ring, as one of type {@link RingPacket#TRANSFER_PAGES}.
     *
     * @param bytes what is behind the head: the header and then the payload
     * @param headerBytes how many of them are header, a multiple of 8
     * @param length of both
     * @throws IllegalArgumentException if it could never have room
     */
    public Outcome writeWithHeader(
            int type, boolean wantsCompletion, long transaction, byte[] bytes, int headerBytes, int length) {
        int total = total(length);
        long head = RingPacket.head(type, wantsCompletion ? 1 : 0, total)
                + ((long) (headerBytes / Long.BYTES) << Short.SIZE);
        return put(head, total, transaction, bytes, 0, length);
    }

    /**
     * Whether there is room for a packet with so many bytes behind its head, header and payload; if not, the guest is
     * told how much is waited for, and signals when there is. So a device need not begin with what it could not finish.
     *
     * @throws IllegalArgumentException if there could never be
     */
    public boolean hasRoom(int length) {
        int total = total(length);
        return !isFaulty && hasRoomFor(total + TRAILER_BYTES);
    }

    private int total(int length) {
        int padded = (length + Long.BYTES - 1) & -Long.BYTES;
        if (length < 0 || padded > mostPayloadBytes()) {
            throw new IllegalArgumentException("a payload of %d bytes, and the ring has %d".formatted(length, size));
        }
        return RingPacket.HEAD_BYTES + padded;
    }

    private Outcome put(long head, int total, long transaction, byte[] bytes, int offset, int length) {
        if (isFaulty || !hasRoomFor(total + TRAILER_BYTES)) {
            return isFaulty ? Outcome.FAULT : Outcome.FULL;
        }
        int began = write;
        put(head);
        put(transaction);
        put(bytes, offset, length);
        put(PADDING, 0, total - RingPacket.HEAD_BYTES - length);
        // The trailer: where the packet began.
        put((long) began << Integer.SIZE);
        return Outcome.WRITTEN;
    }

    private void put(long word) {
        ring.putLong(write, word);
        write = after(Long.BYTES);
    }

    private int after(int length) {
        int end = write + length;
        return end >= size ? end - size : end;
    }

    private void put(byte[] from, int offset, int length) {
        int first = Math.min(length, size - write);
        if (first > 0) {
            ring.write(write, from, offset, first);
        }
        if (first < length) {
            ring.write(0, from, offset + first, length - first);
        }
        write = after(length);
    }

    private boolean hasRoomFor(int need) {
        int free = free();
        if (isFaulty || free >= need) {
            stopWaiting();
            return !isFaulty;
        }
        // Waiting for a quarter of the ring saves signals; whoever asks for more gets that.
        control.pendingSend(Math.max(need, (size / 4) & -Long.BYTES));
        isWaiting = true;
        control.fence();
        // The guest may have read everything before it could see that.
        if (free() >= need) {
            stopWaiting();
            return !isFaulty;
        }
        return false;
    }

    private void stopWaiting() {
        if (isWaiting) {
            control.pendingSend(0);
            isWaiting = false;
        }
    }

    /** Bytes that may be written; 0 and a fault if the read index cannot be one. */
    private int free() {
        int read = control.readIndex();
        if (read < 0 || read >= size || read % Long.BYTES != 0) {
            isFaulty = true;
            return 0;
        }
        int used = write >= read ? write - read : size - read + write;
        return size - used - KEPT_FREE;
    }

    /**
     * Shows the guest what has been written.
     *
     * @return whether it is to be signalled: it does not read at the moment, and had read everything before
     */
    public boolean commit() {
        if (isFaulty || write == committed) {
            return false;
        }
        int before = committed;
        control.writeIndex(write);
        committed = write;
        control.fence();
        return !control.isMasked() && control.readIndex() == before;
    }
}
