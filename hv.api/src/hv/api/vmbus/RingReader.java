package hv.api.vmbus;

/**
 * The host's end of the ring that a guest writes. Used by the device whose channel it is, on the thread that serves the
 * channel.
 *
 * <p>A device that is woken calls {@link #begin}, takes packets with {@link #next} until there is none, and then calls
 * {@link #end}, which says whether the guest is to be signalled, because it waits for room. While the host reads, the
 * guest does not signal; {@code end} looks once more after it has allowed that again, so nothing is missed.
 *
 * <p>Both indices and every head of a packet are the guest's to change at any moment. Each is read once. A ring whose
 * words contradict each other is faulty from then on and is not read any more: only closing the channel ends that.
 */
public final class RingReader {
    /** What {@link #next} found. */
    public enum Outcome {
        /** A packet. */
        PACKET,
        /** The guest has written nothing more. */
        EMPTY,
        /** The guest has written what cannot be: the ring is not read any more. */
        FAULT
    }

    private static final int TRAILER_BYTES = 8;
    private static final int LEAST_BYTES = RingPacket.HEAD_BYTES + TRAILER_BYTES;

    private final RingControl control;
    private final PageList ring;
    private final int size;
    private int read;
    private int seen;
    private int taken;
    private boolean isMasked;
    private boolean isFaulty;

    /** The reader of a ring whose first page holds the indices; continues where the last one has stopped. */
    public RingReader(PageList pages) {
        control = new RingControl(pages.memory(), pages.gpa(0));
        ring = pages.slice(1, pages.pages() - 1);
        size = (int) ring.bytes();
        int index = control.readIndex();
        if (isIndex(index)) {
            read = index;
        } else {
            isFaulty = true;
        }
    }

    private boolean isIndex(int index) {
        return index >= 0 && index < size && index % Long.BYTES == 0;
    }

    /** Whether the guest has written what cannot be. */
    public boolean isFaulty() {
        return isFaulty;
    }

    /** Tells the guest that it need not signal: the ring is being read. */
    public void begin() {
        // No fence: a guest that sees this late signals once too often.
        if (!isMasked) {
            isMasked = true;
            control.mask(true);
        }
    }

    /** Takes the next packet; {@code into} holds it afterwards. */
    public Outcome next(RingPacket into) {
        if (isFaulty || !look()) {
            return Outcome.FAULT;
        }
        if (seen == 0) {
            return Outcome.EMPTY;
        }
        if (seen < LEAST_BYTES) {
            return fault();
        }
        begin();
        long head = ring.getLong(read);
        int header = RingPacket.headerBytes(head);
        int total = RingPacket.totalBytes(head);
        boolean isPossible = header >= RingPacket.HEAD_BYTES
                && header <= total
                && total + TRAILER_BYTES <= seen
                && total <= into.bytes.length;
        if (!isPossible) {
            return fault();
        }
        into.head(head, ring.getLong(after(read, Long.BYTES)));
        copyRest(into.bytes, total);
        into.holds(header, total);
        read = after(read, total + TRAILER_BYTES);
        seen -= total + TRAILER_BYTES;
        taken += total + TRAILER_BYTES;
        return Outcome.PACKET;
    }

    /** The index so many bytes behind another one, less than there are in the ring. */
    private int after(int index, int length) {
        int end = index + length;
        return end >= size ? end - size : end;
    }

    /**
     * Reads the write index; false if it cannot be one, has gone back, or is where packets lie whose room has not been
     * given back. So between two commits there is no more to take than the ring has, however fast the guest writes.
     */
    private boolean look() {
        int write = control.writeIndex();
        if (!isIndex(write)) {
            isFaulty = true;
            return false;
        }
        int available = write >= read ? write - read : size - read + write;
        if (available < seen || taken + available >= size) {
            isFaulty = true;
            return false;
        }
        seen = available;
        return true;
    }

    private Outcome fault() {
        isFaulty = true;
        return Outcome.FAULT;
    }

    /** What is behind the head, which is not read again. */
    private void copyRest(byte[] to, int total) {
        int length = total - RingPacket.HEAD_BYTES;
        int from = after(read, RingPacket.HEAD_BYTES);
        int first = Math.min(length, size - from);
        if (first > 0) {
            ring.read(from, to, RingPacket.HEAD_BYTES, first);
        }
        if (first < length) {
            ring.read(0, to, RingPacket.HEAD_BYTES + first, length - first);
        }
    }

    /**
     * Gives the room of all packets taken so far back to the guest.
     *
     * @return whether the guest waits for as much room as there is now, and is to be signalled
     */
    public boolean commit() {
        if (taken == 0) {
            return false;
        }
        control.readIndex(read);
        // With the mask, so that one fence is enough for what is looked at here and what end() looks at.
        unmask();
        int pending = control.pendingSend() & -Long.BYTES;
        int given = taken;
        taken = 0;
        if (isFaulty || pending <= 0 || !look()) {
            return false;
        }
        int free = size - seen;
        return free - given < pending && pending <= free;
    }

    /**
     * Allows the guest to signal again.
     *
     * @return whether it has written meanwhile without a signal: then the reader begins anew
     */
    public boolean end() {
        if (isMasked) {
            unmask();
        }
        return !isFaulty && look() && seen != 0;
    }

    private void unmask() {
        isMasked = false;
        control.mask(false);
        control.fence();
    }
}
