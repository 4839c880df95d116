package hv.machine.boot;

import hv.api.GuestMemory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Guest RAM on the heap, from address 0; an access outside throws. */
final class HeapMemory implements GuestMemory {
    private final ByteBuffer bytes;

    HeapMemory(long size) {
        bytes = ByteBuffer.allocate((int) size).order(ByteOrder.LITTLE_ENDIAN);
    }

    private int index(long gpa) {
        return gpa >= 0 && gpa <= bytes.capacity() ? (int) gpa : -1;
    }

    @Override
    public boolean isRam(long gpa, long length) {
        return gpa >= 0 && length > 0 && gpa <= bytes.capacity() - length;
    }

    @Override
    public int getInt(long gpa) {
        return bytes.getInt(index(gpa));
    }

    @Override
    public long getLong(long gpa) {
        return bytes.getLong(index(gpa));
    }

    @Override
    public void putInt(long gpa, int value) {
        bytes.putInt(index(gpa), value);
    }

    @Override
    public void putLong(long gpa, long value) {
        bytes.putLong(index(gpa), value);
    }

    @Override
    public void read(long gpa, byte[] to, int offset, int length) {
        bytes.get(index(gpa), to, offset, length);
    }

    @Override
    public void write(long gpa, byte[] from, int offset, int length) {
        bytes.put(index(gpa), from, offset, length);
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
        throw new UnsupportedOperationException();
    }

    @Override
    public int getAndBitwiseAndInt(long gpa, int mask) {
        throw new UnsupportedOperationException();
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
        return bytes.capacity();
    }

    /** The NUL-terminated string at {@code gpa}. */
    String text(long gpa) {
        StringBuilder text = new StringBuilder();
        for (int at = (int) gpa; bytes.get(at) != 0; at++) {
            text.append((char) bytes.get(at));
        }
        return text.toString();
    }
}
