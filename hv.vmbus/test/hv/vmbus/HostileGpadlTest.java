package hv.vmbus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.testkit.VmbusRings;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("A guest that describes memory as it must not")
class HostileGpadlTest {
    private static final int RINGS = 0x40;
    private static final int ID = 0xE1E10;
    private static final int RAM_PAGES = 256;

    private final FakeGuest guest = new FakeGuest();

    @BeforeEach
    void open() {
        guest.start(new Echo(1), new Echo(2));
    }

    /** Whatever was described, what is right is taken afterwards. */
    @AfterEach
    void goesOn() {
        guest.start();
        VmbusRings rings = guest.rings(1, ID, RINGS, 4, 0);
        rings.send(3, true, new byte[8]);
        guest.run();
        assertEquals(3, rings.receive().getLong(8));
        guest.close();
    }

    private static ByteBuffer header(int id, int declared, int ranges, int bytes, int offset, long... pages) {
        ByteBuffer header = Message.of(Message.GPADL_HEADER, 28 + 8 * pages.length);
        header.putInt(8, 1).putInt(12, id).putShort(16, (short) declared).putShort(18, (short) ranges);
        header.putInt(20, bytes).putInt(24, offset);
        for (int i = 0; i < pages.length; i++) {
            header.putLong(28 + 8 * i, pages[i]);
        }
        return header;
    }

    private static ByteBuffer body(int id, long... pages) {
        ByteBuffer body = Message.of(Message.GPADL_BODY, 16 + 8 * pages.length).putInt(12, id);
        for (int i = 0; i < pages.length; i++) {
            body.putLong(16 + 8 * i, pages[i]);
        }
        return body;
    }

    private int created() {
        ByteBuffer created = guest.hear(0, Message.GPADL_CREATED);
        assertEquals(1, created.getInt(8));
        return created.getInt(16);
    }

    @ParameterizedTest
    @CsvSource({
        "16, 0, 4096, 0, no range",
        "0, 1, 4096, 0, no bytes",
        "8, 1, 4096, 0, no page",
        "12, 1, 4096, 0, no multiple of 8",
        "65535, 1, 4096, 0, no multiple of 8",
        "16, 65535, 4096, 0, more ranges than bytes",
        "16, 2, 4096, 0, two ranges in the place of one",
        "16, 1, 0, 0, a range of nothing",
        "16, 1, 4097, 0, more bytes than pages",
        "16, 1, -1, 0, all ones",
        "16, 1, 4096, 1, more bytes than pages from there on",
        "16, 1, 4095, 4096, an offset of a page",
        "16, 1, 4096, -1, an offset of all ones",
        "24, 1, 4096, 0, more pages than bytes"
    })
    @DisplayName("Lengths that contradict each other: refused")
    void lengths(int declared, int ranges, int bytes, int offset, String why) {
        guest.say(header(ID, declared, ranges, bytes, offset, RINGS, RINGS + 1).array());
        assertEquals(Message.FAILURE, created(), why);
    }

    @ParameterizedTest
    @ValueSource(longs = {RAM_PAGES, 1L << 52, -1, Long.MIN_VALUE, (1L << 52) - 1, 1L << 32, RINGS | 1L << 53})
    @DisplayName("Pages that are no memory, or whose address has no 64 bits: refused")
    void noMemory(long page) {
        guest.say(header(ID, 24, 1, 8192, 0, RINGS, page).array());
        assertEquals(Message.FAILURE, created());
        guest.say(header(ID, 24, 1, 8192, 0, RINGS).array());
        guest.say(body(ID, page).array());
        assertEquals(Message.FAILURE, created(), "in a later message, too");
    }

    @Test
    @DisplayName("Later messages of memory that is not known, or is complete already: passed over")
    void surplus() {
        guest.say(body(ID, RINGS).array());
        assertNull(guest.hear(0));
        guest.say(header(ID, 24, 1, 8192, 0, RINGS).array());
        assertNull(guest.hear(0), "it is not complete");
        guest.say(body(ID, RINGS + 1, RINGS + 2, RINGS + 3, -1, -1, -1).array());
        assertEquals(Message.SUCCESS, created(), "what is more than was declared does not count");
        for (int i = 0; i < 100; i++) {
            guest.say(body(ID, -1, -1).array());
            guest.say(Message.of(Message.GPADL_BODY, 16).putInt(12, ID + 1 + i).array());
        }
        assertNull(guest.hear(0));
    }

    @Test
    @DisplayName("Millions of ids that never become complete: a bounded number is kept, the others are refused")
    void neverComplete() {
        int refused = 0;
        for (int i = 0; i < 100_000; i++) {
            guest.say(header(i, 0xFFF8, 1, 8190 * 4096, 0, RINGS).array());
            ByteBuffer answer = guest.hear(0);
            refused += answer == null ? 0 : 1;
        }
        // Twice the RAM's page numbers, and at least one is more than that.
        assertEquals(100_000, refused, "8,190 page numbers are more than twice the guest's RAM has");
        refused = 0;
        for (int i = 0; i < 1_000; i++) {
            guest.say(header(i, 8 + 8 * 20, 1, 20 * 4096, 0, RINGS).array());
            refused += guest.hear(0) == null ? 0 : 1;
        }
        assertTrue(1_000 - refused <= 2 * RAM_PAGES / 20, (1_000 - refused) + " are kept");
    }

    @Test
    @DisplayName("64 for a channel, whatever size: then one has to go before another comes")
    void mostForAChannel() {
        for (int i = 0; i < 64; i++) {
            guest.say(header(i, 16, 1, 4096, 0, RINGS).array());
            assertEquals(Message.SUCCESS, created());
        }
        guest.say(header(64, 16, 1, 4096, 0, RINGS).array());
        assertEquals(Message.FAILURE, created());
        guest.say(Message.GPADL_TEARDOWN, 1, 5);
        guest.hear(0, Message.GPADL_TORNDOWN);
        guest.say(header(64, 16, 1, 4096, 0, RINGS).array());
        assertEquals(Message.SUCCESS, created());
    }

    @Test
    @DisplayName("The same pages many times, in both rings, and those of SynIC: harms nobody but the guest")
    void samePages() {
        long[][] all = {
            {RINGS, RINGS, RINGS, RINGS}, // all four pages of two rings are one
            {RINGS, RINGS + 1, RINGS, RINGS + 1}, // both rings are one
            {RINGS, 6, RINGS + 1, 7}, // data in SynIC's pages
            {6, RINGS, 7, RINGS + 1} // indices in SynIC's pages
        };
        for (long[] pages : all) {
            guest.say(header(ID, 8 + 8 * 4, 1, 4 * 4096, 0, pages).array());
            assertEquals(Message.SUCCESS, created());
            guest.open(1, ID, 2, 0);
            for (int i = 0; i < 100; i++) {
                guest.memory().putInt(pages[0] * 4096, 64 * (i % 60));
                guest.memory().putInt(pages[1] * 4096 + 64 * i % 4096, 6 | 2 << 16);
                guest.signal(0x2001);
                guest.run();
            }
            guest.say(Message.UNLOAD);
            clear();
            guest.start();
        }
    }

    /** SynIC's pages and those of the rings as they were, and what was in flight taken. */
    private void clear() {
        byte[] zeros = new byte[4096];
        for (long page : new long[] {6, 7, RINGS, RINGS + 1}) {
            guest.memory().write(page * 4096, zeros, 0, zeros.length);
        }
        guest.guest.wrmsr(0, 0x4000_0084, 0);
        while (guest.hear(0) != null) {
            // What was said while the slot was scribbled over.
        }
    }
}
