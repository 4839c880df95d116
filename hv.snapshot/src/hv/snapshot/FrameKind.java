package hv.snapshot;

/**
 * What a frame of the file holds, in the order in which the kinds follow each other, and how long its payload may be.
 */
enum FrameKind {
    HEADER("header", Bounds.HEADER_BYTES),
    PARTITION("partition state", Bounds.SECTION_BYTES),
    MACHINE("machine state", Bounds.SECTION_BYTES),
    MEMORY("memory", Bounds.MEMORY_FRAME_BYTES),
    END("end mark", Bounds.END_BYTES);

    private final String title;
    private final int mostBytes;

    FrameKind(String title, int mostBytes) {
        this.title = title;
        this.mostBytes = mostBytes;
    }

    String title() {
        return title;
    }

    int mostBytes() {
        return mostBytes;
    }

    boolean isState() {
        return this == PARTITION || this == MACHINE;
    }

    /** The number in the file. */
    int code() {
        return ordinal() + 1;
    }

    /** The kind with this number, or null. */
    static FrameKind of(int code) {
        return code >= 1 && code <= values().length ? values()[code - 1] : null;
    }
}
