package hv.fuzz.target;

import hv.api.GuestMemory;

/** Guest memory of which somebody hears before each access. Any thread that those it tells can stand. */
public abstract class ObservedMemory implements GuestMemory {
    private final GuestMemory memory;

    /** Over {@code memory}. */
    protected ObservedMemory(GuestMemory memory) {
        this.memory = memory;
    }

    /** Something is about to be read at {@code gpa}, which may be outside of RAM. */
    protected abstract void reading(long gpa);

    /** {@code bytes} are about to be written at {@code gpa}, which may be outside of RAM. */
    protected abstract void writing(long gpa, int bytes);

    @Override
    public final boolean isRam(long gpa, long bytes) {
        return memory.isRam(gpa, bytes);
    }

    @Override
    public final long endGpa() {
        return memory.endGpa();
    }

    @Override
    public final int getInt(long gpa) {
        reading(gpa);
        return memory.getInt(gpa);
    }

    @Override
    public final long getLong(long gpa) {
        reading(gpa);
        return memory.getLong(gpa);
    }

    @Override
    public final void putInt(long gpa, int value) {
        writing(gpa, Integer.BYTES);
        memory.putInt(gpa, value);
    }

    @Override
    public final void putLong(long gpa, long value) {
        writing(gpa, Long.BYTES);
        memory.putLong(gpa, value);
    }

    @Override
    public final void read(long gpa, byte[] to, int offset, int length) {
        reading(gpa);
        memory.read(gpa, to, offset, length);
    }

    @Override
    public final void write(long gpa, byte[] from, int offset, int length) {
        writing(gpa, length);
        memory.write(gpa, from, offset, length);
    }

    @Override
    public final int getIntAcquire(long gpa) {
        reading(gpa);
        return memory.getIntAcquire(gpa);
    }

    @Override
    public final void putIntRelease(long gpa, int value) {
        writing(gpa, Integer.BYTES);
        memory.putIntRelease(gpa, value);
    }

    @Override
    public final int getAndBitwiseOrInt(long gpa, int mask) {
        reading(gpa);
        writing(gpa, Integer.BYTES);
        return memory.getAndBitwiseOrInt(gpa, mask);
    }

    @Override
    public final int getAndBitwiseAndInt(long gpa, int mask) {
        reading(gpa);
        writing(gpa, Integer.BYTES);
        return memory.getAndBitwiseAndInt(gpa, mask);
    }

    @Override
    public final long getAndBitwiseOrLong(long gpa, long mask) {
        reading(gpa);
        writing(gpa, Long.BYTES);
        return memory.getAndBitwiseOrLong(gpa, mask);
    }

    @Override
    public final long getAndBitwiseAndLong(long gpa, long mask) {
        reading(gpa);
        writing(gpa, Long.BYTES);
        return memory.getAndBitwiseAndLong(gpa, mask);
    }

    @Override
    public final boolean compareAndSetLong(long gpa, long expected, long value) {
        reading(gpa);
        writing(gpa, Long.BYTES);
        return memory.compareAndSetLong(gpa, expected, value);
    }
}
