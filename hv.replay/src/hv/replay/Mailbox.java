package hv.replay;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * The page that a VP of the stub guest shares with us: registers before and after an instruction, and what interrupts
 * came. RBP points to it; its upper half is the VP's stack. Touched by us while the VP waits for a command.
 */
final class Mailbox {
    static final int BYTES = 0x1000;
    static final int RAX = 0x00;
    static final int RCX = 0x08;
    static final int RDX = 0x10;
    static final int RBX = 0x18;
    static final int R8 = 0x20;

    /** What a call calls. */
    static final int TARGET = 0x28;

    /** Vector of the exception that ended an instruction, or {@link #NO_FAULT}. */
    static final int FAULT = 0x30;

    /** How interrupts end, a number of {@link Operation.Eoi}. */
    static final int EOI = 0x38;

    /** Address of the assist word. */
    static final int ASSIST = 0x40;

    /** Limit and address for IDTR. */
    static final int IDTR = 0x50;

    /** Six registers of 16 bytes. */
    static final int XMM = 0x80;

    /** A count of 32 bits for each vector. */
    static final int COUNTS = 0x400;

    static final int NO_FAULT = -1;
    static final int VECTORS = 256;

    private final MemorySegment page;

    Mailbox(MemorySegment page) {
        this.page = page;
    }

    long get(int register) {
        return page.get(ValueLayout.JAVA_LONG_UNALIGNED, register);
    }

    void set(int register, long value) {
        page.set(ValueLayout.JAVA_LONG_UNALIGNED, register, value);
    }

    int fault() {
        return page.get(ValueLayout.JAVA_INT, FAULT);
    }

    void clearFault() {
        page.set(ValueLayout.JAVA_INT, FAULT, NO_FAULT);
    }

    int count(int vector) {
        return page.get(ValueLayout.JAVA_INT, COUNTS + 4L * vector);
    }

    void clearCounts() {
        page.asSlice(COUNTS, 4L * VECTORS).fill((byte) 0);
    }

    long taken() {
        long sum = 0;
        for (int vector = 0; vector < VECTORS; vector++) {
            sum += count(vector);
        }
        return sum;
    }
}
