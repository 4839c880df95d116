package hv.vmbus;

import hv.api.GuestMemory;

/** Guest RAM of which a test hears before each access, so that it can be another processor of the guest. Any thread. */
class SeenMemory implements GuestMemory {
    final GuestMemory memory;

    SeenMemory(GuestMemory memory) {
        this.memory = memory;
    }

    /** {@code bytes} at {@code gpa} are about to be read. */
    void reading(long gpa, int bytes) {}

    /** {@code bytes} at {@code gpa} are about to be written. */
    void writing(long gpa, int bytes) {}

    @Override
    public boolean isRam(long gpa, long bytes) {
        return memory.isRam(gpa, bytes);
    }

    @Override
    public long endGpa() {
        return memory.endGpa();
    }

    @Override
    public int getInt(long gpa) {
        reading(gpa, Integer.BYTES);
        return memory.getInt(gpa);
    }

    @Override
    public long getLong(long gpa) {
        reading(gpa, Long.BYTES);
        return memory.getLong(gpa);
    }

    @Override
    public void putInt(long gpa, int value) {
        writing(gpa, Integer.BYTES);
        memory.putInt(gpa, value);
    }

    @Override
    public void putLong(long gpa, long value) {
        writing(gpa, Long.BYTES);
        memory.putLong(gpa, value);
    }

    @Override
    public void read(long gpa, byte[] to, int offset, int length) {
        reading(gpa, length);
        memory.read(gpa, to, offset, length);
    }

    @Override
    public void write(long gpa, byte[] from, int offset, int length) {
        writing(gpa, length);
        memory.write(gpa, from, offset, length);
    }

    @Override
    public int getIntAcquire(long gpa) {
        reading(gpa, Integer.BYTES);
        return memory.getIntAcquire(gpa);
    }

    @Override
    public void putIntRelease(long gpa, int value) {
        writing(gpa, Integer.BYTES);
        memory.putIntRelease(gpa, value);
    }

    @Override
    public int getAndBitwiseOrInt(long gpa, int mask) {
        writing(gpa, Integer.BYTES);
        return memory.getAndBitwiseOrInt(gpa, mask);
    }

    @Override
    public int getAndBitwiseAndInt(long gpa, int mask) {
        writing(gpa, Integer.BYTES);
        return memory.getAndBitwiseAndInt(gpa, mask);
    }

    @Override
    public long getAndBitwiseOrLong(long gpa, long mask) {
        writing(gpa, Long.BYTES);
        return memory.getAndBitwiseOrLong(gpa, mask);
    }

    @Override
    public long getAndBitwiseAndLong(long gpa, long mask) {
        writing(gpa, Long.BYTES);
        return memory.getAndBitwiseAndLong(gpa, mask);
    }

    @Override
    public boolean compareAndSetLong(long gpa, long expected, long value) {
        writing(gpa, Long.BYTES);
        return memory.compareAndSetLong(gpa, expected, value);
    }
}
