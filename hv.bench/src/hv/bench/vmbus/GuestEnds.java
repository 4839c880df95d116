package hv.bench.vmbus;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * A guest's ends of the two rings of a channel, by the rules of Linux' ring_buffer.c and as short as they can be, since
 * what they cost is in what is measured. The rings lie at any address, each in one piece; packets are all of one size.
 * One thread.
 */
final class GuestEnds {
    private static final int HEAD_BYTES = 16;
    private static final int TRAILER_BYTES = 8;
    private static final long READ_INDEX = 4;
    private static final long INTERRUPT_MASK = 8;
    private static final long PENDING_SEND = 12;
    private static final long FEATURES = 64;
    private static final long DATA = 4096;
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle WORD = INT.varHandle();

    private final MemorySegment out;
    private final MemorySegment in;
    private final int size;
    private final int payloadBytes;

    /**
     * Zeroes the pages with the indices, and says that it waits for room in the way that hosts ask for.
     *
     * @param out the ring that the guest writes
     * @param in the ring that it reads, of the same size
     * @param payloadBytes of each packet, a multiple of 8
     */
    GuestEnds(MemorySegment out, MemorySegment in, int payloadBytes) {
        this.out = out;
        this.in = in;
        this.size = (int) (out.byteSize() - DATA);
        this.payloadBytes = payloadBytes;
        out.asSlice(0, DATA).fill((byte) 0);
        in.asSlice(0, DATA).fill((byte) 0);
        out.set(INT, FEATURES, 1);
        in.set(INT, FEATURES, 1);
    }

    private static int word(MemorySegment ring, long at) {
        return (int) WORD.getAcquire(ring, at);
    }

    private int next(int index, int bytes) {
        int end = index + bytes;
        return end >= size ? end - size : end;
    }

    /** Puts a packet into the ring; says whether the host is to be signalled. */
    boolean send(long transaction, long payload) {
        int write = out.get(INT, 0);
        int read = word(out, READ_INDEX);
        int free = write >= read ? size - (write - read) : read - write;
        int need = HEAD_BYTES + payloadBytes + TRAILER_BYTES;
        if (free <= need) {
            throw new IllegalStateException("the ring is full");
        }
        int words = (HEAD_BYTES + payloadBytes) / Long.BYTES;
        int at = write;
        out.set(LONG, DATA + at, 6 | 2L << 16 | (long) words << 32);
        at = next(at, Long.BYTES);
        out.set(LONG, DATA + at, transaction);
        at = next(at, Long.BYTES);
        for (int i = 0; i < payloadBytes; i += Long.BYTES) {
            out.set(LONG, DATA + at, payload);
            at = next(at, Long.BYTES);
        }
        out.set(LONG, DATA + at, (long) write << 32);
        WORD.setRelease(out, 0L, next(at, TRAILER_BYTES));
        VarHandle.fullFence();
        return word(out, INTERRUPT_MASK) == 0 && word(out, READ_INDEX) == write;
    }

    /** Takes a packet, which has to be there; gives what its words come to, so that each of them is read. */
    long receive() {
        int read = in.get(INT, READ_INDEX);
        int write = word(in, 0);
        if (read == write) {
            throw new IllegalStateException("there is no packet");
        }
        int words = (int) (in.get(LONG, DATA + read) >>> 32) & 0xFFFF;
        long sum = 0;
        int at = read;
        for (int i = 0; i < words; i++) {
            sum += in.get(LONG, DATA + at);
            at = next(at, Long.BYTES);
        }
        WORD.setRelease(in, READ_INDEX, next(at, TRAILER_BYTES));
        VarHandle.fullFence();
        return sum + word(in, PENDING_SEND);
    }
}
