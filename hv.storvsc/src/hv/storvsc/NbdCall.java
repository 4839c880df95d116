package hv.storvsc;

/**
 * A request to an NBD server that waits for its reply. Guarded by its connection's lock, but that its data is put where
 * it belongs by whoever reads for the connection at that moment.
 */
final class NbdCall {
    static final int READ = 0;
    static final int WRITE = 1;
    static final int FLUSH = 3;
    static final int TRIM = 4;
    static final int WRITE_ZEROES = 6;

    final int command;
    final long at;
    final int length;
    final long begunNanos = System.nanoTime();
    private final GuestBuffer to;
    private final int toOffset;
    boolean isDone;
    int error;
    private int received;

    /** @param to where what is read goes; null for anything else */
    NbdCall(int command, long at, int length, GuestBuffer to, int toOffset) {
        this.command = command;
        this.at = at;
        this.length = length;
        this.to = to;
        this.toOffset = toOffset;
    }

    /** Whether the server may send so many bytes from this position of the export on. */
    boolean expects(long position, long bytes) {
        return to != null && bytes >= 0 && position >= at && position - at <= length - bytes;
    }

    /** Takes some of what is read. */
    void data(long position, byte[] from, int bytes) {
        to.put(toOffset + (int) (position - at), from, 0, bytes);
        received += bytes;
    }

    /** Of these the server says that they are zero. */
    void hole(long position, int bytes) {
        to.clear(toOffset + (int) (position - at), bytes);
        received += bytes;
    }

    /** Whether all that was to be read has been. */
    boolean isWhole() {
        return to == null || received >= length;
    }

    /** For messages. */
    String name() {
        return switch (command) {
            case READ -> "read";
            case WRITE -> "write";
            case FLUSH -> "flush";
            case TRIM -> "discard";
            default -> "write of zeroes";
        };
    }
}
