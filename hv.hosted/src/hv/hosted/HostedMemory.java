package hv.hosted;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import hv.api.GuestMemory;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Guest RAM on the heap: addresses 0 to {@link #bytes} - 1, all zero at first; nothing anywhere else.
 *
 * <p>The array behind it is one of longs, because Java promises atomic access and alignment for those and not for bytes. The
 * segment's own bounds check covers every 64-bit address: one that is negative as a {@code long} is far outside. Any thread.
 */
public final class HostedMemory implements GuestMemory {
    private static final ValueLayout.OfInt INT = JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong LONG = JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle ALIGNED_INT =
            JAVA_INT.withOrder(ByteOrder.LITTLE_ENDIAN).varHandle();

    private static final long LARGEST_BYTES = 8L << 30;

    private final MemorySegment ram;
    private final long bytes;

    /**
     * RAM from address 0.
     *
     * @param bytes a positive multiple of 4096, at most 8 GiB
     * @throws IllegalArgumentException if it is not
     */
    public HostedMemory(long bytes) {
        if (bytes <= 0 || bytes > LARGEST_BYTES || bytes % PAGE_BYTES != 0) {
            throw new IllegalArgumentException(
                    "guest memory of %d bytes: must be a positive multiple of 4096, at most 8 GiB".formatted(bytes));
        }
        this.bytes = bytes;
        this.ram = MemorySegment.ofArray(new long[(int) (bytes / Long.BYTES)]);
    }

    /** How much RAM there is. */
    public long bytes() {
        return bytes;
    }

    @Override
    public boolean isRam(long gpa, long length) {
        return gpa >= 0 && length > 0 && length <= bytes && gpa <= bytes - length;
    }

    @Override
    public int getInt(long gpa) {
        return ram.get(INT, gpa);
    }

    @Override
    public long getLong(long gpa) {
        return ram.get(LONG, gpa);
    }

    @Override
    public void putInt(long gpa, int value) {
        ram.set(INT, gpa, value);
    }

    @Override
    public void putLong(long gpa, long value) {
        ram.set(LONG, gpa, value);
    }

    @Override
    public void read(long gpa, byte[] to, int offset, int length) {
        MemorySegment.copy(ram, JAVA_BYTE, gpa, to, offset, length);
    }

    @Override
    public void write(long gpa, byte[] from, int offset, int length) {
        MemorySegment.copy(from, offset, ram, JAVA_BYTE, gpa, length);
    }

    @Override
    public int getIntAcquire(long gpa) {
        return (int) ALIGNED_INT.getAcquire(ram, gpa);
    }

    @Override
    public void putIntRelease(long gpa, int value) {
        ALIGNED_INT.setRelease(ram, gpa, value);
    }

    @Override
    public int getAndBitwiseOrInt(long gpa, int mask) {
        return (int) ALIGNED_INT.getAndBitwiseOr(ram, gpa, mask);
    }

    @Override
    public int getAndBitwiseAndInt(long gpa, int mask) {
        return (int) ALIGNED_INT.getAndBitwiseAnd(ram, gpa, mask);
    }
}
