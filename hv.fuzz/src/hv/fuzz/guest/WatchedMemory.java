package hv.fuzz.guest;

import hv.api.GuestMemory;

/**
 * Guest RAM that remembers a write to where nothing may be written. Throwing would not do: a handler that throws is a fault for the guest, and
 * nobody would hear of it. One thread.
 */
final class WatchedMemory implements GuestMemory {
    private final GuestMemory memory;
    private final RegisteredPages pages;
    private String violation = "";

    WatchedMemory(GuestMemory memory, RegisteredPages pages) {
        this.memory = memory;
        this.pages = pages;
    }

    /** The first write that was none of the product's business; empty if there was none. */
    String violation() {
        return violation;
    }

    private void look(long gpa, int bytes) {
        if (!memory.isRam(gpa, bytes) || pages.mayBeWritten(gpa) && pages.mayBeWritten(gpa + bytes - 1)) {
            return; // outside RAM the access itself fails
        }
        if (violation.isEmpty()) {
            violation =
                    "%d bytes were written at 0x%x, in a page that the guest has not registered".formatted(bytes, gpa);
        }
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
        look(gpa, Integer.BYTES);
        memory.putInt(gpa, value);
    }

    @Override
    public void putLong(long gpa, long value) {
        look(gpa, Long.BYTES);
        memory.putLong(gpa, value);
    }

    @Override
    public void read(long gpa, byte[] to, int offset, int length) {
        memory.read(gpa, to, offset, length);
    }

    @Override
    public void write(long gpa, byte[] from, int offset, int length) {
        look(gpa, length);
        memory.write(gpa, from, offset, length);
    }

    @Override
    public int getIntAcquire(long gpa) {
        return memory.getIntAcquire(gpa);
    }

    @Override
    public void putIntRelease(long gpa, int value) {
        look(gpa, Integer.BYTES);
        memory.putIntRelease(gpa, value);
    }

    @Override
    public int getAndBitwiseOrInt(long gpa, int mask) {
        look(gpa, Integer.BYTES);
        return memory.getAndBitwiseOrInt(gpa, mask);
    }

    @Override
    public int getAndBitwiseAndInt(long gpa, int mask) {
        look(gpa, Integer.BYTES);
        return memory.getAndBitwiseAndInt(gpa, mask);
    }
}
