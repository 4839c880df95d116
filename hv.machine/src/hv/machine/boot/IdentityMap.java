package hv.machine.boot;

import hv.api.GuestMemory;

/**
 * Page tables in low memory that map the first 4 GiB to themselves by 2 MiB pages: present, writable, user. 64-bit
 * images start with them, because long mode has no other way to see memory than through page tables.
 */
final class IdentityMap {
    /** For CR3. */
    static final long ROOT = LowMemory.PML4;

    private static final int GIBS = 4;
    private static final int ENTRIES = 512;
    private static final long LARGE_PAGE_BYTES = 2 << 20;
    private static final int PRESENT_WRITABLE_USER = 0x7;
    private static final int PAGE_SIZE = 0x80;

    private IdentityMap() {}

    /** Writes the tables into memory that is all zeros. */
    static void write(GuestMemory memory) {
        memory.putLong(LowMemory.PML4, LowMemory.PDPT | PRESENT_WRITABLE_USER);
        for (int gib = 0; gib < GIBS; gib++) {
            long directory = LowMemory.PAGE_DIRECTORIES + (long) gib * GuestMemory.PAGE_BYTES;
            memory.putLong(LowMemory.PDPT + 8L * gib, directory | PRESENT_WRITABLE_USER);
            for (int i = 0; i < ENTRIES; i++) {
                long page = ((long) gib * ENTRIES + i) * LARGE_PAGE_BYTES;
                memory.putLong(directory + 8L * i, page | PAGE_SIZE | PRESENT_WRITABLE_USER);
            }
        }
    }
}
