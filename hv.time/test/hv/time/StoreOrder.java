package hv.time;

import hv.api.GuestMemory;
import java.util.ArrayList;
import java.util.List;

/** Guest memory that remembers the order of stores. One thread. */
final class StoreOrder implements GuestMemory {
    private final GuestMemory memory;
    private final List<String> stores = new ArrayList<>();

    StoreOrder(GuestMemory memory) {
        this.memory = memory;
    }

    List<String> stores() {
        return stores;
    }

    @Override
    public boolean isRam(long gpa, long bytes) {
        return memory.isRam(gpa, bytes);
    }

    @Override
    public int getInt(long gpa) {
        return memory.getInt(gpa);
    }

    @Override
    public long getLong(long gpa) {
        return memory.getLong(gpa);
    }

    @Override
    public void putInt(long gpa, int value) {
        stores.add("int %x %x".formatted(gpa, value));
        memory.putInt(gpa, value);
    }

    @Override
    public void putLong(long gpa, long value) {
        stores.add("long %x %x".formatted(gpa, value));
        memory.putLong(gpa, value);
    }

    @Override
    public void read(long gpa, byte[] to, int offset, int length) {
        memory.read(gpa, to, offset, length);
    }

    @Override
    public void write(long gpa, byte[] from, int offset, int length) {
        stores.add("bytes %x %d".formatted(gpa, length));
        memory.write(gpa, from, offset, length);
    }

    @Override
    public int getIntAcquire(long gpa) {
        return memory.getIntAcquire(gpa);
    }

    @Override
    public void putIntRelease(long gpa, int value) {
        stores.add("release %x %x".formatted(gpa, value));
        memory.putIntRelease(gpa, value);
    }

    @Override
    public int getAndBitwiseOrInt(long gpa, int mask) {
        stores.add("or %x %x".formatted(gpa, mask));
        return memory.getAndBitwiseOrInt(gpa, mask);
    }

    @Override
    public int getAndBitwiseAndInt(long gpa, int mask) {
        stores.add("and %x %x".formatted(gpa, mask));
        return memory.getAndBitwiseAndInt(gpa, mask);
    }

    @Override
    public long getAndBitwiseOrLong(long gpa, long mask) {
        stores.add("getAndBitwiseOrLong %x".formatted(gpa));
        return memory.getAndBitwiseOrLong(gpa, mask);
    }

    @Override
    public long getAndBitwiseAndLong(long gpa, long mask) {
        stores.add("getAndBitwiseAndLong %x".formatted(gpa));
        return memory.getAndBitwiseAndLong(gpa, mask);
    }

    @Override
    public boolean compareAndSetLong(long gpa, long expected, long value) {
        stores.add("compareAndSetLong %x".formatted(gpa));
        return memory.compareAndSetLong(gpa, expected, value);
    }

    @Override
    public long endGpa() {
        return memory.endGpa();
    }
}
