package hv.machine.boot;

import hv.api.GuestMemory;

/**
 * The descriptor table of images that start in 64-bit mode: a code and a data segment, at the selectors that they are
 * used to.
 */
final class FlatSegments {
    private static final long CODE_64 = 0x00AF_9B00_0000_FFFFL;
    private static final long DATA = 0x00CF_9300_0000_FFFFL;

    private FlatSegments() {}

    /** Writes it at {@link LowMemory#GDT} into memory that is all zeros. */
    static void write(GuestMemory memory, int codeSelector, int dataSelector) {
        memory.putLong(LowMemory.GDT + codeSelector, CODE_64);
        memory.putLong(LowMemory.GDT + dataSelector, DATA);
    }
}
