package hv.fuzz.file;

import hv.api.GuestMemory;
import hv.fuzz.target.ObservedMemory;
import hv.hosted.BufferMemory;
import java.util.BitSet;
import java.util.zip.CRC32C;

/**
 * Guest RAM that knows which of its pages were written, so that it is quickly made all zeros again. Writers may be
 * many.
 */
final class TouchedMemory extends ObservedMemory {
    private static final byte[] ZEROS = new byte[PAGE_BYTES];

    private final GuestMemory memory;
    private final BitSet touched = new BitSet();

    TouchedMemory(long bytes) {
        this(new BufferMemory(bytes));
    }

    private TouchedMemory(GuestMemory memory) {
        super(memory);
        this.memory = memory;
    }

    /** A checksum over the pages that were written, and their places. */
    synchronized long digest() {
        CRC32C digest = new CRC32C();
        byte[] page = new byte[PAGE_BYTES];
        for (int i = touched.nextSetBit(0); i >= 0; i = touched.nextSetBit(i + 1)) {
            memory.read((long) i * PAGE_BYTES, page, 0, PAGE_BYTES);
            digest.update(i);
            digest.update(i >>> 8);
            digest.update(page);
        }
        return digest.getValue();
    }

    /** Makes it all zeros. */
    synchronized void clear() {
        touched.stream().forEach(page -> memory.write((long) page * PAGE_BYTES, ZEROS, 0, PAGE_BYTES));
        touched.clear();
    }

    @Override
    protected void reading(long gpa) {}

    @Override
    protected synchronized void writing(long gpa, int bytes) {
        if (bytes > 0 && memory.isRam(gpa, bytes)) {
            touched.set((int) (gpa / PAGE_BYTES), (int) ((gpa + bytes - 1) / PAGE_BYTES) + 1);
        }
    }
}
