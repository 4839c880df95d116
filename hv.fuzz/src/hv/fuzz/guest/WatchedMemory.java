package hv.fuzz.guest;

import hv.api.GuestMemory;
import hv.fuzz.target.ObservedMemory;

/**
 * Guest RAM that remembers a write to where nothing may be written. Throwing would not do: a handler that throws is a
 * fault for the guest, and nobody would hear of it. One thread.
 */
final class WatchedMemory extends ObservedMemory {
    private final GuestMemory memory;
    private final RegisteredPages pages;
    private final Scribbler scribbler;
    private long suspectGpa;
    private int suspectBytes;

    /** With somebody who writes to {@code memory} before the product reads it. */
    WatchedMemory(GuestMemory memory, RegisteredPages pages, Scribbler scribbler) {
        super(memory);
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

    @Override
    protected void reading(long gpa) {
        scribbler.beforeRead(memory, gpa);
    }

    /** Outside of RAM the access itself fails. */
    @Override
    protected void writing(long gpa, int bytes) {
        if (memory.isRam(gpa, bytes) && !mayBeWritten(gpa, bytes)) {
            suspectGpa = gpa;
            suspectBytes = bytes;
        }
    }
}
