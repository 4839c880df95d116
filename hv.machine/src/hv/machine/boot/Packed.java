package hv.machine.boot;

/**
 * A kernel's vmlinux as it lies in a file, compressed. Unpacked piece by piece, since the whole may be larger than the
 * heap, and no further than is wanted, since a file of a few megabytes can give terabytes. Immutable.
 */
interface Packed {
    /**
     * As much may be unpacked behind what is wanted, to see whether the data is whole: relocations and tables follow a
     * kernel's segments.
     */
    long SLACK_BYTES = 16 << 20;

    /** Takes the pieces. */
    interface Sink {
        /**
         * @param position of the piece in the whole; pieces come in any order and on several threads
         * @param bytes its first {@code length} hold the piece until this returns
         */
        void accept(long position, byte[] bytes, int length);
    }

    /**
     * Unpacks the first {@code wanted} bytes, and all if that is {@link #SLACK_BYTES} more at most.
     *
     * @return how many bytes that were: fewer than wanted if there are no more
     * @throws ImageException if what was unpacked is damaged
     */
    long unpack(long wanted, Sink sink) throws ImageException;

    /** The first bytes; fewer than {@code most} if there are no more. */
    byte[] head(int most) throws ImageException;
}
