package hv.hosted;

import java.lang.foreign.MemorySegment;

/** Guest RAM on the heap, all zero at first. Any thread. */
public final class HostedMemory extends SegmentMemory {
    private static final long LARGEST_BYTES = 8L << 30;

    /**
     * RAM from address 0.
     *
     * @param bytes a positive multiple of 4096, at most 8 GiB
     * @throws IllegalArgumentException if it is not
     */
    public HostedMemory(long bytes) {
        super(MemorySegment.ofArray(new long[qwords(bytes)]));
    }

    private static int qwords(long bytes) {
        if (bytes <= 0 || bytes > LARGEST_BYTES || bytes % PAGE_BYTES != 0) {
            throw new IllegalArgumentException(
                    "guest memory of %d bytes: must be a positive multiple of 4096, at most 8 GiB".formatted(bytes));
        }
        return (int) (bytes / Long.BYTES);
    }
}
