package hv.guest;

import hv.api.GuestMemory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** RAM from address 0 in a byte array; for one thread. */
final class FakeMemory implements GuestMemory {
    private final ByteBuffer ram;

    FakeMemory(int bytes) {
        ram = ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    @Override
    public boolean isRam(long gpa, long bytes) {
        return gpa >= 0 && bytes > 0 && bytes <= ram.capacity() && gpa <= ram.capacity() - bytes;
    }

    @Override
    public int getInt(long gpa) {
        return ram.getInt((int) gpa);
    }

    @Override
    public long getLong(long gpa) {
        return ram.getLong((int) gpa);
    }

    @Override
    public void putInt(long gpa, int value) {
        ram.putInt((int) gpa, value);
    }

    @Override
    public void putLong(long gpa, long value) {
        ram.putLong((int) gpa, value);
    }

    @Override
    public void read(long gpa, byte[] to, int offset, int length) {
        ram.get((int) gpa, to, offset, length);
    }

    @Override
    public void write(long gpa, byte[] from, int offset, int length) {
        ram.put((int) gpa, from, offset, length);
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
        boolean isExpected = getLong(gpa) == expected;
        if (isExpected) {
            putLong(gpa, value);
        }
        return isExpected;
    }

    @Override
    public long endGpa() {
        return ram.capacity();
    }
}
