package hv.evmcs;

import hv.api.GuestMemory;
import java.util.Arrays;

/** RAM that counts, byte by byte, how often a watched page is read and written. */
final class WatchedMemory implements GuestMemory {
    private final GuestMemory ram;
    private long watched = -1;
    private final int[] reads = new int[PAGE_BYTES];
    private final int[] writes = new int[PAGE_BYTES];
    private Runnable afterRead = () -> {};

    WatchedMemory(GuestMemory ram) {
        this.ram = ram;
    }

    void watch(long page) {
        watched = page;
        Arrays.fill(reads, 0);
        Arrays.fill(writes, 0);
    }

    /** Runs after each read of the watched page: another VP of L1 that changes it. */
    void afterRead(Runnable change) {
        afterRead = change;
    }

    int reads(int offset) {
        return reads[offset];
    }

    int writes(int offset) {
        return writes[offset];
    }

    int bytesRead() {
        return (int) Arrays.stream(reads).filter(count -> count > 0).count();
    }

    int bytesWritten() {
        return (int) Arrays.stream(writes).filter(count -> count > 0).count();
    }

    private void count(int[] counts, long gpa, int length) {
        for (int i = 0; i < length; i++) {
            long offset = gpa + i - watched;
            if (watched >= 0 && offset >= 0 && offset < PAGE_BYTES) {
                counts[(int) offset]++;
            }
        }
    }

    @Override
    public boolean isRam(long gpa, long bytes) {
        return ram.isRam(gpa, bytes);
    }

    @Override
    public int getInt(long gpa) {
        count(reads, gpa, 4);
        return ram.getInt(gpa);
    }

    @Override
    public long getLong(long gpa) {
        count(reads, gpa, 8);
        return ram.getLong(gpa);
    }

    @Override
    public void putInt(long gpa, int value) {
        count(writes, gpa, 4);
        ram.putInt(gpa, value);
    }

    @Override
    public void putLong(long gpa, long value) {
        count(writes, gpa, 8);
        ram.putLong(gpa, value);
    }

    @Override
    public void read(long gpa, byte[] to, int offset, int length) {
        count(reads, gpa, length);
        ram.read(gpa, to, offset, length);
        afterRead.run();
    }

    @Override
    public void write(long gpa, byte[] from, int offset, int length) {
        count(writes, gpa, length);
        ram.write(gpa, from, offset, length);
    }

    @Override
    public int getIntAcquire(long gpa) {
        count(reads, gpa, 4);
        return ram.getIntAcquire(gpa);
    }

    @Override
    public void putIntRelease(long gpa, int value) {
        count(writes, gpa, 4);
        ram.putIntRelease(gpa, value);
    }

    @Override
    public int getAndBitwiseOrInt(long gpa, int mask) {
        count(writes, gpa, 4);
        return ram.getAndBitwiseOrInt(gpa, mask);
    }

    @Override
    public int getAndBitwiseAndInt(long gpa, int mask) {
        count(writes, gpa, 4);
        return ram.getAndBitwiseAndInt(gpa, mask);
    }

    @Override
    public long getAndBitwiseOrLong(long gpa, long mask) {
        count(writes, gpa, 8);
        return ram.getAndBitwiseOrLong(gpa, mask);
    }

    @Override
    public long getAndBitwiseAndLong(long gpa, long mask) {
        count(writes, gpa, 8);
        return ram.getAndBitwiseAndLong(gpa, mask);
    }

    @Override
    public boolean compareAndSetLong(long gpa, long expected, long value) {
        count(writes, gpa, 8);
        return ram.compareAndSetLong(gpa, expected, value);
    }

    @Override
    public long endGpa() {
        return ram.endGpa();
    }
}
