package hv.snapshot;

import hv.api.VpSet;

/**
 * How much a file may hold of each thing: of bytes, and of what takes more memory than it has bytes in a file. Writing
 * keeps them too, so that what was written can be read.
 */
final class Bounds {
    static final int HEADER_BYTES = 64 << 10;
    static final int SECTION_BYTES = 1 << 20;
    static final int END_BYTES = 16;

    static final int PAGE_BYTES = 4096;

    /** Pages in one memory frame: what is held in memory at a time, in full and compressed. */
    static final int RUN_PAGES = 64;

    static final int RUN_BYTES = RUN_PAGES * PAGE_BYTES;

    /** Address and number of pages before the compressed pages. */
    static final int RUN_HEADER_BYTES = 12;

    /** A run that does not compress grows by 5 bytes for each 16 KiB or so. */
    static final int MEMORY_FRAME_BYTES = RUN_HEADER_BYTES + RUN_BYTES + (4 << 10);

    static final int VPS = VpSet.MAX_VPS;
    static final long MEMORY_BYTES = 1L << 44;
    static final int NAMES = 4096;
    static final int NAME_BYTES = 255;
    static final int FLAGS_BYTES = 32 << 10;

    /** Names that are not the same, in all state sections of a file together. */
    static final int DIFFERENT_NAMES = 16 << 10;

    private static final long STATE_BYTES = 1 << 20;
    private static final long STATE_BYTES_PER_VP = 64 << 10;
    private static final int SECTIONS = 1024;
    private static final int SECTIONS_PER_VP = 64;
    private static final int ALL_NAMES = 16 << 10;
    private static final int ALL_NAMES_PER_VP = 1024;

    private Bounds() {}

    /** All state sections of a file together. */
    static long stateBytes(int vps) {
        return 2 * (STATE_BYTES + vps * STATE_BYTES_PER_VP);
    }

    /** State sections of a file. */
    static int sections(int vps) {
        return SECTIONS + vps * SECTIONS_PER_VP;
    }

    /** Values and byte strings in all state sections of a file together. */
    static int names(int vps) {
        return ALL_NAMES + vps * ALL_NAMES_PER_VP;
    }
}
