package hv.fuzz.guest;

import hv.api.CpuRegisters.Mode;
import hv.api.GuestMemory;
import hv.fuzz.target.Choices;

/** Hypercalls in all forms: control word, operands, input in memory or registers. One thread. */
public final class CallChoice {
    /** Those that exist, and neighbours. */
    private static final int[] CODES = {
        0x02, 0x03, 0x08, 0x0B, 0x13, 0x14, 0x15, 0x5C, 0x5D, 0x69, 0x6A, 0x6B, 0x8001, 0x8041, 0x01, 0x40, 0x50, 0xFF,
        0x100, 0x7FFF, 0x80FF, 0xFFFF
    };

    private static final int IPI_EX = 0x15;
    private static final int FLUSH_SPACE_EX = 0x13;
    private static final int FLUSH_LIST_EX = 0x14;
    private static final int POST_MESSAGE = 0x5C;
    private static final long FAST = 1L << 16;
    private static final int HEADER_SHIFT = 17;
    private static final long HEADER_MASK = 0x3FFL << HEADER_SHIFT;
    private static final int LARGEST_INPUT_BYTES = 80;

    private long control;
    private long input;
    private long output;
    private Mode mode = Mode.LONG;
    private int ring;

    /** Chooses a call; input that it has in memory is in {@code memory} then. */
    public void choose(Choices choices, GuestMemory memory, long memoryBytes, int vps) {
        control = control(choices);
        input = Addresses.choose(choices, memoryBytes);
        output = choices.oneIn(3) ? Addresses.choose(choices, memoryBytes) : choices.any();
        if ((control & FAST) != 0) {
            inRegisters(choices, vps);
        } else if (!choices.oneIn(4)) {
            inMemory(choices, memory);
        }
        int caller = choices.below(20);
        mode = caller == 0 ? Mode.REAL : caller < 6 ? Mode.PROTECTED : Mode.LONG;
        ring = choices.oneIn(30) ? choices.below(4) : 0;
    }

    /** Puts it into registers as the caller has it. */
    public void into(CallRegisters registers) {
        registers.call(mode, ring, control, input, output);
    }

    /** The control word. */
    long control() {
        return control;
    }

    /** The first operand. */
    long input() {
        return input;
    }

    /** The second operand. */
    long output() {
        return output;
    }

    /** How the caller's processor runs. */
    Mode mode() {
        return mode;
    }

    private static long control(Choices choices) {
        long control = CODES[choices.below(CODES.length)];
        int shape = choices.below(256);
        if ((shape & 1) != 0) {
            control |= FAST;
        }
        if ((shape & 6) == 6) {
            control |= (long) choices.below((shape & 8) == 0 ? 1024 : 16) << HEADER_SHIFT;
        }
        if ((shape & 0x10) != 0) {
            control |= (long) choices.below((shape & 0x20) == 0 ? 4096 : 20) << 32;
        }
        if ((shape & 0xC0) == 0xC0) {
            control |= (long) choices.below(4096) << 48;
        }
        return switch (choices.below(16)) {
            case 14 -> control ^ choices.bit();
            case 15 -> choices.any();
            default -> control;
        };
    }

    private void inRegisters(Choices choices, int vps) {
        switch (choices.below(4)) {
            case 0 -> input = choices.below(300);
            case 1 -> {
                input = choices.below(64);
                output = vps >= Long.SIZE ? -1 : (1L << vps) - 1;
            }
            case 2 -> input = choices.any();
            default -> {}
        }
    }

    private void inMemory(Choices choices, GuestMemory memory) {
        if (!choices.oneIn(8)) {
            input &= -Long.BYTES;
        }
        if (!memory.isRam(input, LARGEST_INPUT_BYTES)) {
            return;
        }
        int qwords = choices.below(LARGEST_INPUT_BYTES / Long.BYTES);
        for (int i = 0; i < qwords; i++) {
            memory.putLong(input + (long) Long.BYTES * i, qword(choices));
        }
        int code = (int) control & 0xFFFF;
        if (code == POST_MESSAGE) {
            memory.putInt(input, choices.below(6));
            memory.putInt(input + 8, choices.below(3));
            memory.putInt(input + 12, choices.below(260));
        } else if ((code == IPI_EX || code == FLUSH_SPACE_EX || code == FLUSH_LIST_EX) && !choices.oneIn(3)) {
            sparseSet(choices, memory, code == IPI_EX ? 1 : 2);
        }
    }

    /** A set whose format, mask and number of banks agree. */
    private void sparseSet(Choices choices, GuestMemory memory, int at) {
        long mask = choices.either() ? choices.below(16) : choices.any();
        memory.putLong(input + (long) Long.BYTES * at, choices.oneIn(3) ? 1 : 0);
        memory.putLong(input + (long) Long.BYTES * (at + 1), mask);
        control = control & ~HEADER_MASK | (long) Long.bitCount(mask) << HEADER_SHIFT;
        if (at == 1) {
            memory.putLong(input, 0x20 + choices.below(0xE0));
        }
    }

    static long qword(Choices choices) {
        return switch (choices.below(6)) {
            case 0 -> 0;
            case 1 -> 1;
            case 2 -> choices.bit();
            case 3 -> choices.below(300);
            case 4 -> -1;
            default -> choices.any();
        };
    }
}
