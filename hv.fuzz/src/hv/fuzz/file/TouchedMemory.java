package hv.fuzz.file;

import hv.api.GuestMemory;
import hv.hosted.SegmentMemory;
import java.util.BitSet;
import java.util.zip.CRC32C;

/**
 * Guest RAM that knows which of its pages were written, so that it is quickly made all zeros again. Writers may be
 * many.
 */
final class TouchedMemory implements GuestMemory {
    private static final byte[] ZEROS = new byte[PAGE_BYTES];

    private final SegmentMemory memory;
    private final BitSet touched = new BitSet();

    TouchedMemory(long bytes) {
        memory = SegmentMemory.onHeap(bytes);
    }

    long bytes() {
        return memory.bytes();
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

    private synchronized void touch(long gpa, int bytes) {
        if (bytes > 0 && memory.isRam(gpa, bytes)) {
            touched.set((int) (gpa / PAGE_BYTES), (int) ((gpa + bytes - 1) / PAGE_BYTES) + 1);
        }
    }

    @Override
    public boolean isRam(long gpa, long bytes) {
        return memory.isRam(gpa, bytes);
    }

    @Override
    public int getInt(long gpa) {
        return memory.getInt(gpa);
    }

    @Override
    public long getLong(long gpa) {
        return memory.getLong(gpa);
    }

    @Override
    public void putInt(long gpa, int value) {
        touch(gpa, Integer.BYTES);
        memory.putInt(gpa, value);
    }

    @Override
    public void putLong(long gpa, long value) {
        touch(gpa, Long.BYTES);
        memory.putLong(gpa, value);
    }

    @Override
    public void read(long gpa, byte[] to, int offset, int length) {
        memory.read(gpa, to, offset, length);
    }

    @Override
    public void write(long gpa, byte[] from, int offset, int length) {
        touch(gpa, length);
        memory.write(gpa, from, offset, length);
    }

    @Override
    public int getIntAcquire(long gpa) {
        return memory.getIntAcquire(gpa);
    }

    @Override
    public void putIntRelease(long gpa, int value) {
        touch(gpa, Integer.BYTES);
        memory.putIntRelease(gpa, value);
    }

    @Override
    public int getAndBitwiseOrInt(long gpa, int mask) {
        touch(gpa, Integer.BYTES);
        return memory.getAndBitwiseOrInt(gpa, mask);
    }

    @Override
    public int getAndBitwiseAndInt(long gpa, int mask) {
        touch(gpa, Integer.BYTES);
        return memory.getAndBitwiseAndInt(gpa, mask);
    }

    @Override
    public long getAndBitwiseOrLong(long gpa, long mask) {
        touch(gpa, Long.BYTES);
        return memory.getAndBitwiseOrLong(gpa, mask);
    }

    @Override
    public long getAndBitwiseAndLong(long gpa, long mask) {
        touch(gpa, Long.BYTES);
        return memory.getAndBitwiseAndLong(gpa, mask);
    }

    @Override
    public boolean compareAndSetLong(long gpa, long expected, long value) {
        touch(gpa, Long.BYTES);
        return memory.compareAndSetLong(gpa, expected, value);
    }

    @Override
    public long endGpa() {
        return memory.endGpa();
    }
}
