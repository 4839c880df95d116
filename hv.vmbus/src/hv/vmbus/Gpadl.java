package hv.vmbus;

import hv.api.GuestMemory;
import hv.api.vmbus.PageList;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Memory that a guest describes for one channel (GPADL, guest physical address descriptor list): one range of pages,
 * whose numbers come in one message and as many more as they need. Used with the bus' lock held; what is
 * mapped does not change.
 */
final class Gpadl {
    private static final int HEADER_NUMBERS_AT = 20;
    private static final int BODY_NUMBERS_AT = 16;
    private static final int OFFSET_MASK = GuestMemory.PAGE_BYTES - 1;

    private final int id;
    private final int channel;
    private final long[] words;
    private int filled;
    private volatile PageList pages;

    private Gpadl(int id, int channel, int words) {
        this.id = id;
        this.channel = channel;
        this.words = new long[words];
    }

    /**
     * What a header begins; null if its lengths contradict each other. A guest may post more bytes than it has
     * declared: they are passed over.
     */
    static Gpadl begin(ByteBuffer header) {
        int declared = header.getShort(16) & 0xFFFF;
        int ranges = header.getShort(18) & 0xFFFF;
        if (ranges != 1 || declared % Long.BYTES != 0 || declared < 2 * Long.BYTES) {
            return null;
        }
        Gpadl gpadl = new Gpadl(header.getInt(12), header.getInt(8), declared / Long.BYTES);
        gpadl.take(header, HEADER_NUMBERS_AT);
        return gpadl;
    }

    /** One of which these words have come, of {@code count}. */
    static Gpadl restored(int id, int channel, int count, long[] come) {
        Gpadl gpadl = new Gpadl(id, channel, count);
        System.arraycopy(come, 0, gpadl.words, 0, come.length);
        gpadl.filled = come.length;
        return gpadl;
    }

    /** The words that have come. */
    long[] come() {
        return Arrays.copyOf(words, filled);
    }

    /** How many words it has or will have. */
    int count() {
        return words.length;
    }

    /** Takes a further message's words. */
    void more(ByteBuffer body) {
        take(body, BODY_NUMBERS_AT);
    }

    private void take(ByteBuffer message, int from) {
        for (int at = from; at + Long.BYTES <= message.limit() && filled < words.length; at += Long.BYTES) {
            words[filled++] = message.getLong(at);
        }
    }

    boolean isComplete() {
        return filled == words.length;
    }

    /** Makes the pages of what has come; false if they are no memory of the guest's. Once, when it is complete. */
    boolean map(GuestMemory memory) {
        long bytes = words[0] & 0xFFFF_FFFFL;
        long offset = words[0] >>> Integer.SIZE;
        if (offset > OFFSET_MASK) {
            return false;
        }
        try {
            pages = PageList.of(memory, Arrays.copyOfRange(words, 1, words.length), (int) offset, bytes);
            return true;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    int id() {
        return id;
    }

    /** The number of the channel that it belongs to. */
    int channel() {
        return channel;
    }

    /** How many page numbers it has or will have. */
    int pageNumbers() {
        return words.length - 1;
    }

    /** Null until it is mapped. */
    PageList pages() {
        return pages;
    }
}
