package hv.fuzz.guest;

import hv.api.GuestMemory;

/**
 * Guest RAM that remembers a write to where nothing may be written. Throwing would not do: a handler that throws is a
 * fault for the guest, and nobody would hear of it. One thread.
 */
final class WatchedMemory implements GuestMemory {
    private final GuestMemory memory;
    private final RegisteredPages pages;
    private final Scribbler scribbler;
    private long suspectGpa;
    private int suspectBytes;

    /** With somebody who writes to {@code memory} before the product reads it. */
    WatchedMemory(GuestMemory memory, RegisteredPages pages, Scribbler scribbler) {
        this.memory = memory;
        this.pages = pages;
        this.scribbler = scribbler;
    }

    /** The last write that was none of the product's business, since this was last asked; empty if there was none. */
    String takeViolation() {
        // What an entry into a nested guest takes up is known afterwards.
        boolean isOne = suspectBytes > 0 && !mayBeWritten(suspectGpa, suspectBytes);
        String violation = isOne
                ? "%d bytes were written at 0x%x, in a page that the guest has not registered"
                        .formatted(suspectBytes, suspectGpa)
                : "";
        suspectBytes = 0;
        return violation;
    }

    private boolean mayBeWritten(long gpa, int bytes) {
        return pages.mayBeWritten(gpa) && pages.mayBeWritten(gpa + bytes - 1);
    }

    /** Outside of RAM the access itself fails. */
    private void look(long gpa, int bytes) {
        if (memory.isRam(gpa, bytes) && !mayBeWritten(gpa, bytes)) {
            suspectGpa = gpa;
            suspectBytes = bytes;
        }
    }

    @Override
    public boolean isRam(long gpa, long bytes) {
        return memory.isRam(gpa, bytes);
    }

    @Override
    public int getInt(long gpa) {
        scribbler.beforeRead(memory, gpa);
        return memory.getInt(gpa);
    }

    @Override
    public long getLong(long gpa) {
        scribbler.beforeRead(memory, gpa);
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
        scribbler.beforeRead(memory, gpa);
        memory.read(gpa, to, offset, length);
    }

    @Override
    public void write(long gpa, byte[] from, int offset, int length) {
        look(gpa, length);
        memory.write(gpa, from, offset, length);
    }

    @Override
    public int getIntAcquire(long gpa) {
        scribbler.beforeRead(memory, gpa);
        return memory.getIntAcquire(gpa);
    }

    @Override
    public void putIntRelease(long gpa, int value) {
        look(gpa, Integer.BYTES);
        memory.putIntRelease(gpa, value);
    }

    @Override
    public int getAndBitwiseOrInt(long gpa, int mask) {
        scribbler.beforeRead(memory, gpa);
        look(gpa, Integer.BYTES);
        return memory.getAndBitwiseOrInt(gpa, mask);
    }

    @Override
    public int getAndBitwiseAndInt(long gpa, int mask) {
        scribbler.beforeRead(memory, gpa);
        look(gpa, Integer.BYTES);
        return memory.getAndBitwiseAndInt(gpa, mask);
    }

    @Override
    public long getAndBitwiseOrLong(long gpa, long mask) {
        scribbler.beforeRead(memory, gpa);
        look(gpa, Long.BYTES);
        return memory.getAndBitwiseOrLong(gpa, mask);
    }

    @Override
    public long getAndBitwiseAndLong(long gpa, long mask) {
        scribbler.beforeRead(memory, gpa);
        look(gpa, Long.BYTES);
        return memory.getAndBitwiseAndLong(gpa, mask);
    }

    @Override
    public boolean compareAndSetLong(long gpa, long expected, long value) {
        scribbler.beforeRead(memory, gpa);
        look(gpa, Long.BYTES);
        return memory.compareAndSetLong(gpa, expected, value);
    }

    @Override
    public long endGpa() {
        return memory.endGpa();
    }
}
