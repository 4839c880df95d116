package example.vmm;

import hv.api.GuestMemory;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** The guest's RAM, from address 0: a direct buffer, whose own bounds check is the one that the API asks for. */
final class Ram implements GuestMemory {
    private static final VarHandle INT =
            MethodHandles.byteBufferViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle LONG =
            MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private final ByteBuffer ram;
    private final int bytes;

    Ram(int bytes) {
        this.bytes = bytes;
        // Atomic access to longs needs an address that is a multiple of 8.
        ram = ByteBuffer.allocateDirect(bytes + Long.BYTES).alignedSlice(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    }

    @Override
    public boolean isRam(long gpa, long length) {
        return gpa >= 0 && length > 0 && length <= bytes && gpa <= bytes - length;
    }

    private int at(long gpa, int length) {
        if (!isRam(gpa, length)) {
            throw new IndexOutOfBoundsException("no RAM at 0x" + Long.toHexString(gpa));
        }
        return (int) gpa;
    }

    @Override
    public int getInt(long gpa) {
        return ram.getInt(at(gpa, Integer.BYTES));
    }

    @Override
    public long getLong(long gpa) {
        return ram.getLong(at(gpa, Long.BYTES));
    }

    @Override
    public void putInt(long gpa, int value) {
        ram.putInt(at(gpa, Integer.BYTES), value);
    }

    @Override
    public void putLong(long gpa, long value) {
        ram.putLong(at(gpa, Long.BYTES), value);
    }

    @Override
    public void read(long gpa, byte[] to, int offset, int length) {
        if (length > 0) {
            ram.get(at(gpa, length), to, offset, length);
        }
    }

    @Override
    public void write(long gpa, byte[] from, int offset, int length) {
        if (length > 0) {
            ram.put(at(gpa, length), from, offset, length);
        }
    }

    @Override
    public int getIntAcquire(long gpa) {
        return (int) INT.getAcquire(ram, at(gpa, Integer.BYTES));
    }

    @Override
    public void putIntRelease(long gpa, int value) {
        INT.setRelease(ram, at(gpa, Integer.BYTES), value);
    }

    @Override
    public int getAndBitwiseOrInt(long gpa, int mask) {
        return (int) INT.getAndBitwiseOr(ram, at(gpa, Integer.BYTES), mask);
    }

    @Override
    public int getAndBitwiseAndInt(long gpa, int mask) {
        return (int) INT.getAndBitwiseAnd(ram, at(gpa, Integer.BYTES), mask);
    }

    @Override
    public long getAndBitwiseOrLong(long gpa, long mask) {
        return (long) LONG.getAndBitwiseOr(ram, at(gpa, Long.BYTES), mask);
    }

    @Override
    public long getAndBitwiseAndLong(long gpa, long mask) {
        return (long) LONG.getAndBitwiseAnd(ram, at(gpa, Long.BYTES), mask);
    }

    @Override
    public boolean compareAndSetLong(long gpa, long expected, long value) {
        return LONG.compareAndSet(ram, at(gpa, Long.BYTES), expected, value);
    }

    @Override
    public long endGpa() {
        return bytes;
    }
}
