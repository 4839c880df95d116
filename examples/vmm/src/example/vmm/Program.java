package example.vmm;

import hv.api.GuestMemory;

/** The guest's program in its RAM, for the processor in {@link ExampleVp}: a code, and two operands of 64 bits. */
final class Program {
    static final int INSTRUCTION_BYTES = 24;
    static final long START = 0x1000;

    /** RDMSR first, to the accumulator. */
    static final long READ_MSR = 1;

    /** WRMSR first, second. */
    static final long WRITE_MSR = 2;

    /** WRMSR first, of the accumulator plus second. */
    static final long WRITE_MSR_LATER = 3;

    /** WRMSR first, of second plus a page for each VP before this one. */
    static final long WRITE_MSR_OWN = 8;

    /** Waits for the interrupt first. */
    static final long WAIT = 4;

    /** Loads 32 bits of RAM at first, plus a page for each VP before this one, to the accumulator. */
    static final long LOAD = 5;

    /** Says the accumulator; first tells which text. */
    static final long SAY = 6;

    /** Stores 32 bits of 0 in RAM at first, plus a page for each VP before this one. */
    static final long CLEAR = 9;

    /** Goes back to first, until there were as many ticks as the machine is made for. */
    static final long REPEAT = 10;

    /** The end; as is whatever is no code. */
    static final long OFF = 7;

    /** Where the VPs' message pages are, a page each. */
    static final long MESSAGES = 0x8000;

    static final int VECTOR = 0x50;

    static final String[] TEXTS = {"VP index", "type of the last message"};

    private static final long VP_INDEX = 0x4000_0002;
    private static final long TIME_REF_COUNT = 0x4000_0020;
    private static final long SCONTROL = 0x4000_0080;
    private static final long EOM = 0x4000_0084;
    private static final long SIMP = 0x4000_0083;
    private static final long SINT2 = 0x4000_0092;
    private static final long STIMER0_CONFIG = 0x4000_00B0;
    private static final long STIMER0_COUNT = 0x4000_00B1;
    private static final long SLOT_BYTES = 256;
    private static final long TEN_MILLISECONDS = 100_000;

    private Program() {}

    /**
     * Says who it is; then again and again has a timer send a message in 10 ms, waits for its interrupt and reads the
     * message, which is one tick.
     */
    static void load(GuestMemory memory) {
        long[][] code = {
            {READ_MSR, VP_INDEX, 0},
            {SAY, 0, 0},
            {WRITE_MSR, SCONTROL, 1},
            {WRITE_MSR_OWN, SIMP, MESSAGES | 1},
            {WRITE_MSR, SINT2, VECTOR},
            // Enabled by a count that is written, with a message to SINT 2.
            {WRITE_MSR, STIMER0_CONFIG, 2L << 16 | 1 << 3},
            {READ_MSR, TIME_REF_COUNT, 0},
            {WRITE_MSR_LATER, STIMER0_COUNT, TEN_MILLISECONDS},
            {WAIT, VECTOR, 0},
            {LOAD, MESSAGES + 2 * SLOT_BYTES, 0},
            // The slot is free again, and hv may send what waits for that.
            {CLEAR, MESSAGES + 2 * SLOT_BYTES, 0},
            {WRITE_MSR, EOM, 0},
            {REPEAT, START + 6 * INSTRUCTION_BYTES, 0},
            {SAY, 1, 0},
            {OFF, 0, 0}
        };
        for (int i = 0; i < code.length; i++) {
            for (int operand = 0; operand < 3; operand++) {
                memory.putLong(START + (long) i * INSTRUCTION_BYTES + operand * Long.BYTES, code[i][operand]);
            }
        }
    }
}
