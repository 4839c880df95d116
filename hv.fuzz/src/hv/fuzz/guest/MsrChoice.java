package hv.fuzz.guest;

import hv.fuzz.target.Choices;
import java.util.stream.IntStream;

/** Synthetic MSRs, and values that mean something to each of them. */
public final class MsrChoice {
    private static final int WINDOW = 0x4000_0000;

    /** All that the TLFS names in the window, and neighbours. */
    private static final int[] ALL = IntStream.of(
                    0x00, 0x01, 0x02, 0x03, 0x10, 0x11, 0x20, 0x21, 0x22, 0x23, 0x24, 0x70, 0x71, 0x72, 0x73, 0x74,
                    0x80, 0x81, 0x82, 0x83, 0x84, 0x85, 0xEF, 0xF1, 0xF2, 0xF3, 0xF4, 0xF5, 0xF6, 0xFF, 0x100, 0x101,
                    0x102, 0x103, 0x104, 0x105, 0x106, 0x107, 0x108, 0x109, 0x114, 0x115, 0x118, 0x1FF, 0x200)
            .toArray();

    /** Those with pages, interrupts and timers behind them. */
    private static final int[] BUSY = {
        0x00, 0x01, 0x21, 0x70, 0x71, 0x72, 0x73, 0x80, 0x82, 0x83, 0x84, 0x106, 0x107, 0x108, 0x118
    };

    private static final int CRASH_GPA = 0x103;
    private static final int CRASH_BYTES = 0x104;
    private static final int CRASH_CONTROL = 0x105;
    private static final int ICR = 0x71;
    private static final int FIRST_SINT = 0x90;
    private static final int FIRST_TIMER = 0xB0;
    private static final int END_OF_TIMERS = 0xB8;

    private MsrChoice() {}

    /** An index, mostly of the window. */
    public static int index(Choices choices) {
        return switch (choices.below(16)) {
            case 0 -> (int) choices.any();
            case 1, 2, 3, 4 -> WINDOW + ALL[choices.below(ALL.length)];
            case 5, 6, 7 -> WINDOW + FIRST_SINT + choices.below(16);
            case 8, 9, 10 -> WINDOW + FIRST_TIMER + choices.below(8);
            default -> WINDOW + BUSY[choices.below(BUSY.length)];
        };
    }

    /** A value for MSR {@code msr}, mostly one that it takes. */
    public static long value(Choices choices, int msr, long memoryBytes) {
        if (choices.below(16) > 10) {
            return anything(choices);
        }
        if (RegisteredPages.has(msr)) {
            return Addresses.page(choices, memoryBytes) | (choices.oneIn(4) ? choices.below(4096) : 1);
        }
        int place = msr - WINDOW;
        if (place >= FIRST_SINT && place < FIRST_SINT + 16) {
            return choices.below(256) | (long) choices.below(8) << 16;
        }
        if (place >= FIRST_TIMER && place < END_OF_TIMERS) {
            return (place & 1) == 0 ? timerConfiguration(choices) : timerCount(choices);
        }
        return switch (place) {
            case CRASH_GPA -> Addresses.choose(choices, memoryBytes);
            case CRASH_BYTES -> choices.below(5000) - 10;
            case CRASH_CONTROL -> 0xC000_0000_0000_0000L;
            case ICR -> (long) choices.below(8) << 56 | choices.below(1 << 20);
            default -> anything(choices);
        };
    }

    /** Enabled, periodic, lazy, auto-enable; vector; direct mode; SINT. */
    private static long timerConfiguration(Choices choices) {
        return choices.below(16)
                | (long) choices.below(256) << 4
                | (long) choices.below(2) << 12
                | (long) choices.below(16) << 16;
    }

    private static long timerCount(Choices choices) {
        return switch (choices.below(6)) {
            case 0 -> 1;
            case 1 -> choices.below(1000);
            case 2 -> choices.bit();
            case 3 -> -1L - choices.below(100);
            default -> choices.below(1 << 28);
        };
    }

    private static long anything(Choices choices) {
        return switch (choices.below(6)) {
            case 0 -> 0;
            case 1 -> 1;
            case 2 -> -1;
            case 3 -> choices.bit();
            case 4 -> choices.below(1 << 20);
            default -> choices.any();
        };
    }
}
