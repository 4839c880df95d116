package hv.fuzz.guest;

import hv.api.GuestMemory;
import java.util.SplittableRandom;

/**
 * Somebody who writes to guest RAM just before the product reads there, as another processor of the guest may: what is
 * read twice is not the same twice. Unlike a thread it does the same again. One thread.
 */
@FunctionalInterface
interface Scribbler {
    /** Leaves memory as it is. */
    Scribbler NONE = (memory, gpa) -> {};

    /** The product is about to read at {@code gpa}. */
    void beforeRead(GuestMemory memory, long gpa);

    /** One that writes before one of four reads, the words about to be read and those near them. */
    static Scribbler of(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        return (memory, gpa) -> {
            int how = random.nextInt(16);
            long at = (gpa & -Integer.BYTES) + (how == 3 ? Integer.BYTES * (random.nextInt(64) - 32) : 0);
            if (how < 4 && memory.isRam(at, Integer.BYTES)) {
                memory.putInt(at, value(random));
            }
        };
    }

    private static int value(SplittableRandom random) {
        return switch (random.nextInt(6)) {
            case 0 -> 0;
            case 1 -> 1;
            case 2 -> -1;
            case 3 -> 1 << random.nextInt(Integer.SIZE);
            case 4 -> random.nextInt(4096);
            default -> random.nextInt();
        };
    }
}
