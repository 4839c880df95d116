package hv.storvsc.abi;

import hv.api.GuestMemory;
import java.lang.foreign.MemorySegment;

/**
 * Where guest memory is in this process, so that the kernel can read and write it: looked up once, in pieces of 1 GiB.
 * A piece that is not one run of RAM off the heap has no place here. Immutable; any thread.
 */
public final class GuestRam {
    private static final int SHIFT = 30;
    private static final long PIECE = 1L << SHIFT;
    private static final int MOST_PIECES = 1 << 16;

    /** RAM that nothing is known of: everything is copied. */
    public static final GuestRam NOWHERE = new GuestRam(new MemorySegment[0]);

    private final MemorySegment[] pieces;
    private final long[] addresses;

    private GuestRam(MemorySegment... pieces) {
        this.pieces = pieces;
        this.addresses = new long[pieces.length];
        for (int i = 0; i < pieces.length; i++) {
            addresses[i] = pieces[i] == null ? 0 : pieces[i].address();
        }
    }

    /** Looks it up. */
    public static GuestRam of(GuestMemory memory) {
        long end = memory.endGpa();
        int count = (int) Math.min(MOST_PIECES, (end + PIECE - 1) >>> SHIFT);
        MemorySegment[] pieces = new MemorySegment[count];
        for (int i = 0; i < count; i++) {
            long from = (long) i << SHIFT;
            pieces[i] = memory.buffer(from, (int) Math.min(PIECE, end - from))
                    .map(MemorySegment::ofBuffer)
                    .filter(MemorySegment::isNative)
                    .orElse(null);
        }
        return new GuestRam(pieces);
    }

    /** Its address here, if all of it is in one piece; otherwise 0. */
    long address(long gpa, int bytes) {
        long index = gpa >>> SHIFT;
        if (index >= addresses.length) {
            return 0;
        }
        long from = gpa & (PIECE - 1);
        MemorySegment piece = pieces[(int) index];
        return piece == null || from + bytes > piece.byteSize() ? 0 : addresses[(int) index] + from;
    }

    /** What keeps the memory at {@code gpa} from being unmapped while it is passed to a call. */
    MemorySegment keeper(long gpa) {
        long index = gpa >>> SHIFT;
        return index < pieces.length && pieces[(int) index] != null ? pieces[(int) index] : MemorySegment.NULL;
    }
}
