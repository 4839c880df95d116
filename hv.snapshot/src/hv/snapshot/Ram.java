package hv.snapshot;

import hv.api.GuestMemory;
import hv.api.host.GuestMachine;
import java.io.IOException;
import java.util.Arrays;

/**
 * A guest's RAM in runs of pages, a window of {@link Bounds#RUN_PAGES} at a time. There may be a hole below 4 GiB. Used
 * by one thread while the machine is paused.
 */
final class Ram {
    /** Where RAM that does not fit below devices goes on is no further off than this. */
    private static final long LARGEST_HOLE_BYTES = 4L << 30;

    private static final byte[] ZERO_PAGE = new byte[Bounds.PAGE_BYTES];

    private final GuestMemory memory;
    private final long endGpa;
    private final byte[] window = new byte[Bounds.RUN_BYTES];

    /** Takes pages that follow each other, none of them all zero. */
    @FunctionalInterface
    interface RunSink {
        void run(long gpa, byte[] bytes, int offset, int pages) throws IOException;
    }

    Ram(GuestMachine machine) {
        memory = machine.memory();
        long most = machine.memoryBytes() + LARGEST_HOLE_BYTES;
        long end = 0;
        for (long found = 0; found < machine.memoryBytes() && end < most; end += Bounds.RUN_BYTES) {
            found += (long) ramPages(end, Bounds.RUN_PAGES) * Bounds.PAGE_BYTES;
        }
        endGpa = end;
    }

    private int ramPages(long gpa, int pages) {
        if (has(gpa, pages)) {
            return pages;
        }
        int found = 0;
        for (int page = 0; page < pages; page++) {
            found += has(gpa + (long) page * Bounds.PAGE_BYTES, 1) ? 1 : 0;
        }
        return found;
    }

    boolean has(long gpa, int pages) {
        return memory.isRam(gpa, (long) pages * Bounds.PAGE_BYTES);
    }

    void write(long gpa, byte[] bytes, int length) {
        memory.write(gpa, bytes, 0, length);
    }

    /** Gives every page that is not all zero, in ascending order. */
    void forEachRun(RunSink sink) throws IOException {
        forEachRun(0, endGpa, sink);
    }

    /**
     * Makes every page from one address up to another one zero. Pages that are zero are not written, so that none
     * becomes used.
     */
    void clear(long fromGpa, long toGpa) throws IOException {
        forEachRun(fromGpa, toGpa, (gpa, bytes, offset, pages) -> {
            for (int page = 0; page < pages; page++) {
                memory.write(gpa + (long) page * Bounds.PAGE_BYTES, ZERO_PAGE, 0, Bounds.PAGE_BYTES);
            }
        });
    }

    /** Clears from an address to the end. */
    void clearFrom(long gpa) throws IOException {
        clear(gpa, endGpa);
    }

    private void forEachRun(long fromGpa, long toGpa, RunSink sink) throws IOException {
        for (long gpa = fromGpa; gpa < toGpa; gpa += Bounds.RUN_BYTES) {
            int pages = (int) (Math.min(Bounds.RUN_BYTES, toGpa - gpa) / Bounds.PAGE_BYTES);
            if (ramPages(gpa, pages) == 0) {
                continue;
            }
            readWindow(gpa, pages);
            int start = 0;
            for (int page = 0; page <= pages; page++) {
                if (page == pages || isZero(page)) {
                    if (page > start) {
                        long runGpa = gpa + (long) start * Bounds.PAGE_BYTES;
                        sink.run(runGpa, window, start * Bounds.PAGE_BYTES, page - start);
                    }
                    start = page + 1;
                }
            }
        }
    }

    /** What is not RAM reads as zero. */
    private void readWindow(long gpa, int pages) {
        if (has(gpa, pages)) {
            memory.read(gpa, window, 0, pages * Bounds.PAGE_BYTES);
            return;
        }
        for (int page = 0; page < pages; page++) {
            int offset = page * Bounds.PAGE_BYTES;
            if (has(gpa + offset, 1)) {
                memory.read(gpa + offset, window, offset, Bounds.PAGE_BYTES);
            } else {
                Arrays.fill(window, offset, offset + Bounds.PAGE_BYTES, (byte) 0);
            }
        }
    }

    private boolean isZero(int page) {
        int offset = page * Bounds.PAGE_BYTES;
        return Arrays.equals(window, offset, offset + Bounds.PAGE_BYTES, ZERO_PAGE, 0, Bounds.PAGE_BYTES);
    }
}
