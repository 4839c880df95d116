package hv.storvsc;

import java.io.IOException;
import java.util.Map;

/**
 * Where the bytes of a disk are. Positions and lengths are in bytes, multiples of 512, and have been checked against
 * {@link #bytes}. Called by the threads that do a disk's work, several at a time, but for {@link #readNow}, which the
 * thread that serves the channel calls and which does not wait.
 *
 * <p>What throws {@link StoreAwayException} may work again later; any other {@link IOException} is the guest's to know.
 */
interface Store {
    /** How large the disk is. */
    long bytes();

    /** Whether nothing can be written. */
    boolean isReadOnly();

    /** Whether a range that is given back takes no room any more, and reads as zero. */
    boolean canDiscard();

    /** Reads at once, if that is possible without waiting; if not, some of the buffer may be changed. */
    default boolean readNow(GuestBuffer to, int length, long at) {
        return false;
    }

    /** Reads. */
    void read(GuestBuffer to, int length, long at) throws IOException;

    /**
     * Writes.
     *
     * @param isDurable whether it returns only when what was written survives a loss of power
     */
    void write(GuestBuffer from, int length, long at, boolean isDurable) throws IOException;

    /** Writes bytes of the host's. */
    void write(byte[] from, int length, long at) throws IOException;

    /** Returns when all that was written before survives a loss of power. */
    void flush() throws IOException;

    /** Gives a range back; it reads as zero. Only if {@link #canDiscard}. */
    void discard(long at, long length) throws IOException;

    /** Has a range read as zero. */
    void zero(long at, long length) throws IOException;

    /**
     * Changes the size, or looks how large it is now.
     *
     * @param wanted new size; 0 for as large as it is
     */
    void resize(long wanted) throws IOException;

    /** What a successor in the same JVM goes on with, of types of the JDK; empty if it opens anew. */
    default Map<String, Object> handOver() {
        return Map.of();
    }

    /** Gives back what it holds, but what a successor has taken. */
    void close();
}
