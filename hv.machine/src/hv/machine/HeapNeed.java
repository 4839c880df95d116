package hv.machine;

/**
 * How much heap a machine needs at least: the partition's tables and counters, and what is kept of each VP. Less would
 * end in the middle of the start, or of a save, with no memory left to say so.
 */
final class HeapNeed {
    private static final long BASE_BYTES = 24L << 20;
    private static final long BYTES_PER_VP = 48L << 10;

    private HeapNeed() {}

    /**
     * @throws IllegalArgumentException with one line, if a JVM with a heap of {@code maxBytes} at most is too small for
     *     {@code vps}
     */
    static void check(int vps, long maxBytes) {
        long needed = BASE_BYTES + vps * BYTES_PER_VP;
        if (maxBytes < needed) {
            throw new IllegalArgumentException(
                    "%d virtual processors need a heap of %d MiB, and this JVM has %d: give it more (-Xmx%dm), or the guest fewer"
                            .formatted(vps, needed >> 20, maxBytes >> 20, (needed >> 20) * 4 / 3));
        }
    }
}
