package hv.vmbus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.api.vmbus.ChannelState.State;
import hv.testkit.VmbusRings;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("Memory that a channel uses and that is no memory any more, as when it is unplugged")
class LostMemoryTest {
    private static final int LOST_AT = 0x40;
    private static final int KEPT_AT = 0x60;
    private static final int PAGES = 4;

    private long lostPage = -1;
    private final FakeGuest guest = new FakeGuest(memory -> new SeenMemory(memory) {
        @Override
        public boolean isRam(long gpa, long bytes) {
            return memory.isRam(gpa, bytes) && gpa / 4096 != lostPage;
        }

        @Override
        void reading(long gpa, int bytes) {
            touch(gpa);
        }

        @Override
        void writing(long gpa, int bytes) {
            touch(gpa);
        }
    });
    private final Echo echo = new Echo(1);

    private void touch(long gpa) {
        if (gpa / 4096 == lostPage) {
            throw new IndexOutOfBoundsException("0x%x is no RAM".formatted(gpa));
        }
    }

    @BeforeEach
    void start() {
        guest.start(echo, new Echo(2));
    }

    @AfterEach
    void close() {
        guest.close();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2 * PAGES - 1, PAGES, PAGES + 1})
    @DisplayName("Indices or data of a ring: that channel ends, the device is told, and no other is touched")
    void ofARing(int page) {
        VmbusRings rings = guest.rings(1, 9, LOST_AT, PAGES, 0);
        VmbusRings others = guest.rings(2, 10, KEPT_AT, PAGES, 0);
        lostPage = LOST_AT + page;
        for (int i = 0; i < 200; i++) {
            rings.send(i, true, new byte[500]);
            guest.signal(0x2001);
            guest.run();
            others.send(i, true, new byte[8]);
            guest.run();
            assertEquals(i, others.receive().getLong(8));
            rings.inWord(4, rings.inWord(0)); // the guest reads, so that every page has its turn
        }
        assertNotEquals(State.OPEN, guest.state(1));
        assertEquals(1, echo.told.stream().filter("closed"::equals).count());
        guest.say(Message.CLOSE_CHANNEL, 1);
        guest.say(Message.GPADL_TEARDOWN, 1, 9);
        assertEquals(9, guest.hear(0, Message.GPADL_TORNDOWN).getInt(8), "the guest can let go of it");
        assertNull(guest.hear(0));
    }

    @Test
    @DisplayName("Lost between describing and opening: not opened, told so, and everything else goes on")
    void beforeOpening() {
        new VmbusRings(guest.memory(), guest::signal, 0x2001, LOST_AT, PAGES);
        assertEquals(0, guest.gpadl(1, 9, LOST_AT, 2 * PAGES));
        lostPage = LOST_AT;
        assertEquals(Message.FAILURE, guest.open(1, 9, PAGES, 0));
        assertEquals(State.CLOSED, guest.state(1));
        lostPage = -1;
        assertEquals(0, guest.open(1, 9, PAGES, 0));
        assertTrue(echo.told.contains("opened"));
    }
}
