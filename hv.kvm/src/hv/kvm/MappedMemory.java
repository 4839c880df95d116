package hv.kvm;

import hv.api.GuestMemory;
import hv.kvm.abi.Mapping;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;

/**
 * The guest's RAM, mapped into this process: what the guest stores is here at once, and the other way round.
 *
 * <p>Laid out as PCs do: up to 3 GiB from address 0, the rest from 4 GiB, so that the range below 4 GiB stays free for
 * APIC and devices. An access picks the region by its address; the region's own bounds check does the rest, also for
 * addresses that are negative as a {@code long}. Any thread; after the VM is closed every access throws {@link
 * IllegalStateException}.
 */
final class MappedMemory implements GuestMemory {
    static final long LOW_LIMIT = 3L << 30;
    static final long HIGH_BASE = 4L << 30;

    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt ANY_INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong ANY_LONG =
            ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle ATOMIC_INT = INT.varHandle();
    private static final VarHandle ATOMIC_LONG =
            ValueLayout.JAVA_LONG.withOrder(ByteOrder.LITTLE_ENDIAN).varHandle();

    private final MemorySegment low;
    private final MemorySegment high;

    private MappedMemory(MemorySegment low, MemorySegment high) {
        this.low = low;
        this.high = high;
    }

    /** Maps {@code bytes} of RAM, a multiple of 4096, until {@code arena} is closed. */
    static MappedMemory map(long bytes, Arena arena) {
        long lowBytes = Math.min(bytes, LOW_LIMIT);
        MemorySegment low = Mapping.anonymous(lowBytes, arena);
        MemorySegment high = bytes > lowBytes ? Mapping.anonymous(bytes - lowBytes, arena) : MemorySegment.NULL;
        return new MappedMemory(low, high);
    }

    /** The region at guest-physical address 0. */
    MemorySegment low() {
        return low;
    }

    /** The region at {@link #HIGH_BASE}; of size 0 if all RAM lies below it. */
    MemorySegment high() {
        return high;
    }

    /** Makes all RAM read as zero, as after power-on. */
    void clear() {
        Mapping.clear(low);
        Mapping.clear(high);
    }

    private MemorySegment region(long gpa) {
        return gpa >= HIGH_BASE ? high : low;
    }

    private static long offset(long gpa) {
        return gpa >= HIGH_BASE ? gpa - HIGH_BASE : gpa;
    }

    @Override
    public boolean isRam(long gpa, long bytes) {
        long size = region(gpa).byteSize();
        long offset = offset(gpa);
        return offset >= 0 && bytes > 0 && bytes <= size && offset <= size - bytes;
    }

    @Override
    public int getInt(long gpa) {
        return region(gpa).get(ANY_INT, offset(gpa));
    }

    @Override
    public long getLong(long gpa) {
        return region(gpa).get(ANY_LONG, offset(gpa));
    }

    @Override
    public void putInt(long gpa, int value) {
        region(gpa).set(ANY_INT, offset(gpa), value);
    }

    @Override
    public void putLong(long gpa, long value) {
        region(gpa).set(ANY_LONG, offset(gpa), value);
    }

    @Override
    public void read(long gpa, byte[] to, int offset, int length) {
        MemorySegment.copy(region(gpa), ValueLayout.JAVA_BYTE, offset(gpa), to, offset, length);
    }

    @Override
    public void write(long gpa, byte[] from, int offset, int length) {
        MemorySegment.copy(from, offset, region(gpa), ValueLayout.JAVA_BYTE, offset(gpa), length);
    }

    @Override
    public int getIntAcquire(long gpa) {
        return (int) ATOMIC_INT.getAcquire(region(gpa), offset(gpa));
    }

    @Override
    public void putIntRelease(long gpa, int value) {
        ATOMIC_INT.setRelease(region(gpa), offset(gpa), value);
    }

    @Override
    public int getAndBitwiseOrInt(long gpa, int mask) {
        return (int) ATOMIC_INT.getAndBitwiseOr(region(gpa), offset(gpa), mask);
    }

    @Override
    public int getAndBitwiseAndInt(long gpa, int mask) {
        return (int) ATOMIC_INT.getAndBitwiseAnd(region(gpa), offset(gpa), mask);
    }

    @Override
    public long getAndBitwiseOrLong(long gpa, long mask) {
        return (long) ATOMIC_LONG.getAndBitwiseOr(region(gpa), offset(gpa), mask);
    }

    @Override
    public long getAndBitwiseAndLong(long gpa, long mask) {
        return (long) ATOMIC_LONG.getAndBitwiseAnd(region(gpa), offset(gpa), mask);
    }

    @Override
    public boolean compareAndSetLong(long gpa, long expected, long value) {
        return ATOMIC_LONG.compareAndSet(region(gpa), offset(gpa), expected, value);
    }

    @Override
    public long endGpa() {
        return high.byteSize() > 0 ? HIGH_BASE + high.byteSize() : low.byteSize();
    }

    @Override
    public Optional<ByteBuffer> buffer(long gpa, int bytes) {
        if (!isRam(gpa, bytes)) {
            return Optional.empty();
        }
        return Optional.of(
                region(gpa).asSlice(offset(gpa), bytes).asByteBuffer().order(ByteOrder.LITTLE_ENDIAN));
    }
}
