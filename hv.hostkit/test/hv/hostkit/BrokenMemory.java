package hv.hostkit;

import hv.api.GuestMemory;

/** Memory that does what another one does, but for what a test overrides. */
class BrokenMemory implements GuestMemory {
    final GuestMemory behind;

    BrokenMemory(GuestMemory behind) {
        this.behind = behind;
    }

    @Override
    public boolean isRam(long gpa, long bytes) {
        return behind.isRam(gpa, bytes);
    }

    @Override
    public int getInt(long gpa) {
        return behind.getInt(gpa);
    }

    @Override
    public long getLong(long gpa) {
        return behind.getLong(gpa);
    }

    @Override
    public void putInt(long gpa, int value) {
        behind.putInt(gpa, value);
    }

    @Override
    public void putLong(long gpa, long value) {
        behind.putLong(gpa, value);
    }

    @Override
    public void read(long gpa, byte[] to, int offset, int length) {
        behind.read(gpa, to, offset, length);
    }

    @Override
    public void write(long gpa, byte[] from, int offset, int length) {
        behind.write(gpa, from, offset, length);
    }

    @Override
    public int getIntAcquire(long gpa) {
        return behind.getIntAcquire(gpa);
    }

    @Override
    public void putIntRelease(long gpa, int value) {
        behind.putIntRelease(gpa, value);
    }

    @Override
    public int getAndBitwiseOrInt(long gpa, int mask) {
        return behind.getAndBitwiseOrInt(gpa, mask);
    }

    @Override
    public int getAndBitwiseAndInt(long gpa, int mask) {
        return behind.getAndBitwiseAndInt(gpa, mask);
    }

    @Override
    public long getAndBitwiseOrLong(long gpa, long mask) {
        return behind.getAndBitwiseOrLong(gpa, mask);
    }

    @Override
    public long getAndBitwiseAndLong(long gpa, long mask) {
        return behind.getAndBitwiseAndLong(gpa, mask);
    }

    @Override
    public boolean compareAndSetLong(long gpa, long expected, long value) {
        return behind.compareAndSetLong(gpa, expected, value);
    }

    @Override
    public long endGpa() {
        return behind.endGpa();
    }
}
