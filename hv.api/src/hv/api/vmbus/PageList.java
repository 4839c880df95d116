package hv.api.vmbus;

import hv.api.GuestMemory;
import java.util.Objects;

/**
 * A part of guest memory whose pages lie anywhere, seen as one piece: a GPADL (guest physical address descriptor list),
 * a ring, a buffer of a request. Made by the bus when the guest names the pages; used by devices. Nothing is copied but
 * what is asked for, and no access leaves the pages. Immutable; any thread.
 */
public final class PageList {
    private static final int PAGE = GuestMemory.PAGE_BYTES;
    private static final int PAGE_SHIFT = 12;
    private static final int OFFSET_MASK = PAGE - 1;

    /** No address has the lowest bit and the highest. */
    private static final long APART = Long.MIN_VALUE + 1;

    private final GuestMemory memory;
    private final long[] pages;
    private final int first;
    private final long bytes;

    /** Where the first byte is, if all others follow it, as in most guests' rings; otherwise {@link #APART}. */
    private final long together;

    private PageList(GuestMemory memory, long[] pages, int first, long bytes) {
        this.memory = memory;
        this.pages = pages;
        this.first = first;
        this.bytes = bytes;
        this.together = areTogether() ? pages[0] + first : APART;
    }

    private boolean areTogether() {
        for (int i = 1; i < pages.length; i++) {
            if (pages[i] != pages[i - 1] + PAGE) {
                return false;
            }
        }
        // Pages that follow one another may be of two regions, which no access reaches across.
        return memory.isRam(pages[0], (long) pages.length * PAGE);
    }

    /**
     * The bytes from {@code first} in the first page on.
     *
     * @param pageNumbers guest page numbers; copied
     * @param first offset in the first page, 0 to 4095
     * @param bytes how many, 1 or more
     * @throws IllegalArgumentException if that many bytes need another number of pages, or a page is not RAM
     */
    public static PageList of(GuestMemory memory, long[] pageNumbers, int first, long bytes) {
        boolean isShaped = first >= 0 && first < PAGE && bytes > 0 && bytes <= (long) pageNumbers.length * PAGE;
        if (!isShaped || pageNumbers.length != pagesOf(first, bytes)) {
            throw new IllegalArgumentException(
                    "%d bytes from %d on do not fill %d pages".formatted(bytes, first, pageNumbers.length));
        }
        long[] pages = new long[pageNumbers.length];
        for (int i = 0; i < pages.length; i++) {
            long number = pageNumbers[i];
            // A page number above 2^52 has no address.
            if (number >>> (Long.SIZE - PAGE_SHIFT) != 0 || !memory.isRam(number << PAGE_SHIFT, PAGE)) {
                throw new IllegalArgumentException("page 0x%x is not RAM".formatted(number));
            }
            pages[i] = number << PAGE_SHIFT;
        }
        return new PageList(memory, pages, first, bytes);
    }

    /** How many pages {@code bytes} from {@code first} on touch. */
    public static long pagesOf(int first, long bytes) {
        return (first + bytes + OFFSET_MASK) >>> PAGE_SHIFT;
    }

    /** How many bytes there are. */
    public long bytes() {
        return bytes;
    }

    /** How many pages there are. */
    public int pages() {
        return pages.length;
    }

    /** Whether these are whole pages, as a ring needs them. */
    public boolean isWhole() {
        return first == 0 && bytes == (long) pages.length * PAGE;
    }

    /**
     * Some of the pages, which are whole.
     *
     * @throws IndexOutOfBoundsException if there are no such
     */
    public PageList slice(int from, int count) {
        Objects.checkFromIndexSize(from, count, pages.length);
        if (!isWhole() || count == 0) {
            throw new IndexOutOfBoundsException("no whole pages");
        }
        long[] some = new long[count];
        System.arraycopy(pages, from, some, 0, count);
        return new PageList(memory, some, 0, (long) count * PAGE);
    }

    /** The guest-physical address of the byte at {@code position}. */
    public long gpa(long position) {
        Objects.checkIndex(position, bytes);
        return address(position);
    }

    private long address(long position) {
        if (together != APART) {
            return together + position;
        }
        long at = first + position;
        return pages[(int) (at >>> PAGE_SHIFT)] + (at & OFFSET_MASK);
    }

    /** The 64 bits at {@code position}, which are in one page. */
    long getLong(long position) {
        Objects.checkFromIndexSize(position, Long.BYTES, bytes);
        return memory.getLong(address(position));
    }

    /** Stores 64 bits at {@code position}, which are in one page. */
    void putLong(long position, long value) {
        Objects.checkFromIndexSize(position, Long.BYTES, bytes);
        memory.putLong(address(position), value);
    }

    /** Copies bytes from {@code position} on; what the guest changes meanwhile may be seen or not. */
    public void read(long position, byte[] to, int offset, int length) {
        Objects.checkFromIndexSize(position, length, bytes);
        int done = 0;
        while (done < length) {
            int piece = piece(position + done, length - done);
            memory.read(address(position + done), to, offset + done, piece);
            done += piece;
        }
    }

    /** Copies bytes to {@code position} and on. */
    public void write(long position, byte[] from, int offset, int length) {
        Objects.checkFromIndexSize(position, length, bytes);
        int done = 0;
        while (done < length) {
            int piece = piece(position + done, length - done);
            memory.write(address(position + done), from, offset + done, piece);
            done += piece;
        }
    }

    private int piece(long position, int most) {
        return together != APART ? most : Math.min(most, PAGE - (int) ((first + position) & OFFSET_MASK));
    }

    GuestMemory memory() {
        return memory;
    }
}
