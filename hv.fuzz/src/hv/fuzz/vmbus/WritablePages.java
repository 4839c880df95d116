package hv.fuzz.vmbus;

import hv.api.GuestMemory;
import hv.fuzz.target.ObservedMemory;
import java.util.BitSet;

/**
 * Guest RAM as the bus and SynIC see it, which remembers a write to a page where nothing may be written: neither one
 * that SynIC has nor one of a ring. One thread.
 */
final class WritablePages extends ObservedMemory {
    private static final int PAGE_SHIFT = 12;

    private final GuestMemory memory;
    private final BitSet always = new BitSet();
    private final BitSet now = new BitSet();
    private long suspectGpa = -1;
    private Runnable meanwhile = () -> {};

    WritablePages(GuestMemory memory) {
        super(memory);
        this.memory = memory;
    }

    /** A page that the guest has given to SynIC for good. */
    void always(long gpa) {
        always.set((int) (gpa >>> PAGE_SHIFT));
    }

    /** A page that may be written until {@link #forget}; any number. */
    void allow(long page) {
        if (page >= 0 && page < memory.endGpa() >>> PAGE_SHIFT) {
            now.set((int) page);
        }
    }

    /** Is done before each access that is not SynIC's. */
    void meanwhile(Runnable does) {
        meanwhile = does;
    }

    void forget() {
        now.clear();
    }

    /** Where something was written that may not be, since this was last asked; -1 for nowhere. */
    long takeViolation() {
        long gpa = suspectGpa;
        suspectGpa = -1;
        return gpa;
    }

    @Override
    protected void reading(long gpa) {
        act(gpa);
    }

    @Override
    protected void writing(long gpa, int bytes) {
        if (bytes > 0 && (!mayBeWritten(gpa) || !mayBeWritten(gpa + bytes - 1))) {
            suspectGpa = gpa;
        }
        act(gpa);
    }

    private void act(long gpa) {
        long page = gpa >>> PAGE_SHIFT;
        if (page <= Integer.MAX_VALUE && !always.get((int) page)) {
            meanwhile.run();
        }
    }

    private boolean mayBeWritten(long gpa) {
        long page = gpa >>> PAGE_SHIFT;
        return page > Integer.MAX_VALUE || always.get((int) page) || now.get((int) page);
    }
}
