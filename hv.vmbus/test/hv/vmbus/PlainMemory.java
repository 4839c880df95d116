package hv.vmbus;

import hv.api.GuestMemory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** RAM for tests on one thread, from address 0 on. */
final class PlainMemory implements GuestMemory {
    private final ByteBuffer bytes;

    PlainMemory(int pages) {
        bytes = ByteBuffer.allocate(pages * PAGE_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    }

    @Override
    public boolean isRam(long gpa, long length) {
        return gpa >= 0 && length >= 0 && gpa <= bytes.capacity() - length;
    }

    @Override
    public int getInt(long gpa) {
        return bytes.getInt((int) gpa);
    }

    @Override
    public long getLong(long gpa) {
        return bytes.getLong((int) gpa);
    }

    @Override
    public void putInt(long gpa, int value) {
        bytes.putInt((int) gpa, value);
    }

    @Override
    public void putLong(long gpa, long value) {
        bytes.putLong((int) gpa, value);
    }

    @Override
    public void read(long gpa, byte[] to, int offset, int length) {
        bytes.get((int) gpa, to, offset, length);
    }

    @Override
    public void write(long gpa, byte[] from, int offset, int length) {
        bytes.put((int) gpa, from, offset, length);
    }

    @Override
    public int getIntAcquire(long gpa) {
        return getInt(gpa);
    }

    @Override
    public void putIntRelease(long gpa, int value) {
        putInt(gpa, value);
    }

    @Override
    public int getAndBitwiseOrInt(long gpa, int mask) {
        int old = getInt(gpa);
        putInt(gpa, old | mask);
        return old;
    }

    @Override
    public int getAndBitwiseAndInt(long gpa, int mask) {
        int old = getInt(gpa);
        putInt(gpa, old & mask);
        return old;
    }

    @Override
    public long getAndBitwiseOrLong(long gpa, long mask) {
        long old = getLong(gpa);
        putLong(gpa, old | mask);
        return old;
    }

    @Override
    public long getAndBitwiseAndLong(long gpa, long mask) {
        long old = getLong(gpa);
        putLong(gpa, old & mask);
        return old;
    }

    @Override
    public boolean compareAndSetLong(long gpa, long expected, long value) {
        if (getLong(gpa) != expected) {
            return false;
        }
        putLong(gpa, value);
        return true;
    }

    @Override
    public long endGpa() {
        return bytes.capacity();
    }
}
