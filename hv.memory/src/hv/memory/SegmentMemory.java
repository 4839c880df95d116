package hv.memory;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import hv.api.GuestMemory;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;

/**
 * Guest RAM in a {@link MemorySegment}: guest-physical addresses 0 to the segment's size less 1, and nothing anywhere
 * else. For VMMs that have their RAM in one piece: memory that a hypervisor maps into the guest
 * ({@code Arena.allocate}, {@code FileChannel.map}), or an array.
 *
 * <p>The segment's own bounds check covers every 64-bit address: one that is negative as a {@code long} is far outside.
 * Any thread that the segment is open to; after its arena is closed every access throws {@link IllegalStateException}.
 */
public final class SegmentMemory implements GuestMemory {
    private static final ValueLayout.OfInt INT = JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong LONG = JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle ALIGNED_INT =
            JAVA_INT.withOrder(ByteOrder.LITTLE_ENDIAN).varHandle();

    private static final VarHandle ALIGNED_LONG =
            JAVA_LONG.withOrder(ByteOrder.LITTLE_ENDIAN).varHandle();

    private final MemorySegment ram;
    private final long bytes;

    /**
     * RAM from address 0.
     *
     * @param ram writable, a positive multiple of 4096 bytes long, and open to every thread; off the heap at an address
     *     that is a multiple of 8, or an array of longs, because Java promises atomic access to no others
     * @throws IllegalArgumentException if it is not
     */
    public SegmentMemory(MemorySegment ram) {
        bytes = ram.byteSize();
        boolean isAligned = ram.isNative()
                ? ram.address() % Long.BYTES == 0
                : ram.heapBase().orElse(null) instanceof long[];
        if (bytes == 0 || bytes % PAGE_BYTES != 0 || ram.isReadOnly() || !isAligned) {
            throw new IllegalArgumentException(
                    "guest memory is a writable segment of a multiple of 4096 bytes, off the heap and aligned to 8, or an array of longs; not "
                            + ram);
        }
        this.ram = ram;
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

    @Override
    public long getAndBitwiseOrLong(long gpa, long mask) {
        return (long) ALIGNED_LONG.getAndBitwiseOr(ram, gpa, mask);
    }

    @Override
    public long getAndBitwiseAndLong(long gpa, long mask) {
        return (long) ALIGNED_LONG.getAndBitwiseAnd(ram, gpa, mask);
    }

    @Override
    public boolean compareAndSetLong(long gpa, long expected, long value) {
        return ALIGNED_LONG.compareAndSet(ram, gpa, expected, value);
    }

    @Override
    public long endGpa() {
        return bytes;
    }

    @Override
    public Optional<ByteBuffer> buffer(long gpa, int length) {
        if (!ram.isNative() || !isRam(gpa, length)) {
            return Optional.empty();
        }
        return Optional.of(ram.asSlice(gpa, length).asByteBuffer().order(ByteOrder.LITTLE_ENDIAN));
    }
}
