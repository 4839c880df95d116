package hv.storvsc;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Gives ranges of a disk back, and fills ranges with one block: the commands whose data says what is to be done. Called
 * by a thread that may wait. No state.
 */
final class Unmapping {
    static final int HEAD_BYTES = 8;
    private static final int RANGE_BYTES = 16;
    private static final int BLOCK = Lun.BLOCK_BYTES;
    private static final int FILLED_BYTES = 1 << 16;

    private Unmapping() {}

    /** UNMAP: all ranges are checked before anything is given back. Completes the request. */
    static void unmap(Request request, Lun lun, Store store) throws IOException {
        int length = (int) request.length;
        byte[] list = new byte[length];
        request.buffer.get(0, list, 0, length);
        ByteBuffer ranges = ByteBuffer.wrap(list);
        int bytes = Math.min(ranges.getShort(2) & 0xFFFF, length - HEAD_BYTES);
        int count = bytes / RANGE_BYTES;
        if (count > Inquiry.MOST_UNMAP_RANGES) {
            request.fail(Sense.BAD_FIELD);
            return;
        }
        long all = 0;
        for (int i = 0; i < count; i++) {
            long block = ranges.getLong(HEAD_BYTES + i * RANGE_BYTES);
            long blocks = ranges.getInt(HEAD_BYTES + i * RANGE_BYTES + Long.BYTES) & 0xFFFF_FFFFL;
            if (block < 0 || block > lun.blocks() - blocks) {
                request.fail(Sense.OUT_OF_RANGE);
                return;
            }
            all += blocks;
        }
        if (all > Inquiry.MOST_UNMAP_BLOCKS) {
            request.fail(Sense.BAD_FIELD);
            return;
        }
        for (int i = 0; i < count; i++) {
            long block = ranges.getLong(HEAD_BYTES + i * RANGE_BYTES);
            long blocks = ranges.getInt(HEAD_BYTES + i * RANGE_BYTES + Long.BYTES) & 0xFFFF_FFFFL;
            if (blocks > 0) {
                store.discard(block * BLOCK, blocks * BLOCK);
            }
        }
        lun.discards.incrementAndGet();
        request.succeed(length);
    }

    /** WRITE SAME; without data the block is zero. Completes the request. */
    static void same(Request request, Lun lun, Store store) throws IOException {
        byte[] block = new byte[BLOCK];
        boolean hasData = request.buffer.bytes() > 0;
        if (hasData) {
            request.buffer.get(0, block, 0, BLOCK);
        }
        boolean isZero = true;
        for (byte each : block) {
            isZero &= each == 0;
        }
        if (isZero && request.flag && lun.canDiscard()) {
            store.discard(request.at, request.length);
            lun.discards.incrementAndGet();
        } else if (isZero) {
            store.zero(request.at, request.length);
        } else {
            fill(request, store, block);
        }
        request.succeed(hasData ? BLOCK : 0);
    }

    private static void fill(Request request, Store store, byte[] block) throws IOException {
        byte[] filled = new byte[(int) Math.min(FILLED_BYTES, request.length)];
        for (int i = 0; i < filled.length; i += BLOCK) {
            System.arraycopy(block, 0, filled, i, BLOCK);
        }
        for (long done = 0; done < request.length; done += filled.length) {
            store.write(filled, (int) Math.min(filled.length, request.length - done), request.at + done);
        }
    }
}
