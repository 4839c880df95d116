package hv.fuzz.guest;

import hv.api.GuestMemory;
import hv.fuzz.target.Choices;

/** Guest-physical addresses that have broken somebody. */
final class Addresses {
    private Addresses() {}

    /**
     * Mostly pages of RAM; else near the end of a page or of RAM, not aligned, far outside, or such that adding to it
     * wraps around.
     */
    static long choose(Choices choices, long memoryBytes) {
        long page = choices.below((int) (memoryBytes / GuestMemory.PAGE_BYTES)) * (long) GuestMemory.PAGE_BYTES;
        return switch (choices.below(12)) {
            case 0, 1, 2, 3 -> page;
            case 4 -> memoryBytes - GuestMemory.PAGE_BYTES;
            case 5 -> memoryBytes - 1 - choices.below(512);
            case 6 -> page + GuestMemory.PAGE_BYTES - choices.below(300);
            case 7 -> page + (choices.below(512) << 3);
            case 8 -> memoryBytes + choices.below(2 * GuestMemory.PAGE_BYTES) - GuestMemory.PAGE_BYTES;
            case 9 -> -1L - choices.below(2 * GuestMemory.PAGE_BYTES);
            case 10 -> choices.bit();
            default -> choices.any();
        };
    }

    /** The page that such an address is in. */
    static long page(Choices choices, long memoryBytes) {
        return choose(choices, memoryBytes) & -GuestMemory.PAGE_BYTES;
    }
}
