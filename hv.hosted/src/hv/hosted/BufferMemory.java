package hv.hosted;

import hv.api.GuestMemory;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Objects;
import java.util.Optional;

/**
 * Guest RAM in a direct buffer, for hosts without a CPU and for tests: addresses 0 to its size less 1, all zero at
 * first. It lies off the heap, since Java promises atomic access to bytes of a buffer only there; it is given back when
 * nobody holds it any more. Any thread.
 */
public final class BufferMemory implements GuestMemory {
    /** A buffer's positions are ints. */
    static final long MOST_BYTES = Integer.MAX_VALUE & -PAGE_BYTES;

    private static final VarHandle INT = MethodHandles.byteBufferViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN)
            .withInvokeExactBehavior();

    private static final VarHandle LONG = MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN)
            .withInvokeExactBehavior();

    private final ByteBuffer ram;
    private final int bytes;

    /**
     * RAM from address 0.
     *
     * @param bytes a positive multiple of 4096, less than 2 GiB
     * @throws IllegalArgumentException if it is not
     */
    public BufferMemory(long bytes) {
        if (bytes <= 0 || bytes > MOST_BYTES || bytes % PAGE_BYTES != 0) {
            throw new IllegalArgumentException(
                    "guest memory of %d bytes: must be a positive multiple of 4096, less than 2 GiB".formatted(bytes));
        }
        this.bytes = (int) bytes;
        // The first position whose address is a multiple of 8 is where atomic access to 64 bits begins.
        ram = ByteBuffer.allocateDirect(this.bytes + Long.BYTES - 1)
                .alignedSlice(Long.BYTES)
                .slice(0, this.bytes);
    }

    @Override
    public long endGpa() {
        return bytes;
    }

    @Override
    public boolean isRam(long gpa, long length) {
        return gpa >= 0 && length > 0 && length <= bytes && gpa <= bytes - length;
    }

    /** The position of {@code gpa}; one that is negative as a {@code long} is far outside. */
    private int position(long gpa, int length) {
        return (int) Objects.checkIndex(gpa, bytes - length + 1L);
    }

    private int intAt(long gpa) {
        return position(gpa, Integer.BYTES);
    }

    private int longAt(long gpa) {
        return position(gpa, Long.BYTES);
    }

    @Override
    public int getInt(long gpa) {
        return (int) INT.get(ram, intAt(gpa));
    }

    @Override
    public long getLong(long gpa) {
        return (long) LONG.get(ram, longAt(gpa));
    }

    @Override
    public void putInt(long gpa, int value) {
        INT.set(ram, intAt(gpa), value);
    }

    @Override
    public void putLong(long gpa, long value) {
        LONG.set(ram, longAt(gpa), value);
    }

    @Override
    public void read(long gpa, byte[] to, int offset, int length) {
        ram.get(position(gpa, length), to, offset, length);
    }

    @Override
    public void write(long gpa, byte[] from, int offset, int length) {
        ram.put(position(gpa, length), from, offset, length);
    }

    @Override
    public int getIntAcquire(long gpa) {
        return (int) INT.getAcquire(ram, intAt(gpa));
    }

    @Override
    public void putIntRelease(long gpa, int value) {
        INT.setRelease(ram, intAt(gpa), value);
    }

    @Override
    public int getAndBitwiseOrInt(long gpa, int mask) {
        return (int) INT.getAndBitwiseOr(ram, intAt(gpa), mask);
    }

    @Override
    public int getAndBitwiseAndInt(long gpa, int mask) {
        return (int) INT.getAndBitwiseAnd(ram, intAt(gpa), mask);
    }

    @Override
    public long getAndBitwiseOrLong(long gpa, long mask) {
        return (long) LONG.getAndBitwiseOr(ram, longAt(gpa), mask);
    }

    @Override
    public long getAndBitwiseAndLong(long gpa, long mask) {
        return (long) LONG.getAndBitwiseAnd(ram, longAt(gpa), mask);
    }

    @Override
    public boolean compareAndSetLong(long gpa, long expected, long value) {
        return LONG.compareAndSet(ram, longAt(gpa), expected, value);
    }

    @Override
    public Optional<ByteBuffer> buffer(long gpa, int length) {
        return isRam(gpa, length)
                ? Optional.of(ram.slice((int) gpa, length).order(ByteOrder.LITTLE_ENDIAN))
                : Optional.empty();
    }
}
