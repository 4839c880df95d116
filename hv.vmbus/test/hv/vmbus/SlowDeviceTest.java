package hv.vmbus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.api.vmbus.ChannelOffer;
import hv.api.vmbus.ChannelState;
import hv.api.vmbus.VmbusChannel;
import hv.api.vmbus.VmbusDevice;
import hv.testkit.VmbusRings;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName(
        "A guest gets its memory back when no device touches it any more, and is answered in the end whatever devices do")
class SlowDeviceTest {
    private static final int RINGS = 0x40;
    private static final long TEN_SECONDS_100NS = 100_000_000;

    private final FakeGuest guest = new FakeGuest();
    private final Slow slow = new Slow();
    private final Echo echo = new Echo(2);

    /** Has begun something elsewhere that is done when the test says so. */
    private static final class Slow implements VmbusDevice {
        private final ChannelOffer offer = new ChannelOffer(Echo.KIND, new UUID(0, 1), ChannelOffer.INTERFACE, 0, 2048);
        VmbusChannel channel;
        boolean isBusy = true;
        boolean isFailing;
        int closings;

        @Override
        public ChannelOffer offer() {
            return offer;
        }

        @Override
        public void opened(VmbusChannel open) {
            if (isFailing) {
                throw new IllegalStateException("on purpose");
            }
            channel = open;
        }

        @Override
        public void woken() {
            // It does its work elsewhere.
        }

        @Override
        public boolean settle() {
            return !isBusy;
        }

        @Override
        public void closed() {
            closings++;
        }
    }

    @BeforeEach
    void open() {
        guest.add(slow);
        guest.add(echo);
        guest.contact(0x5_0003, 0);
        guest.say(Message.REQUEST_OFFERS);
        guest.hear(0);
        guest.hear(0);
        guest.hear(0);
    }

    @AfterEach
    void close() {
        guest.close();
    }

    @Test
    @DisplayName("TORNDOWN, and all that is posted behind it, waits until the device is done with what it has begun")
    void tornDown() {
        guest.rings(1, 9, RINGS, 4, 0);
        guest.say(Message.CLOSE_CHANNEL, 1);
        guest.say(Message.GPADL_TEARDOWN, 1, 9);
        assertNull(guest.hear(0));
        assertEquals(0, slow.closings);
        slow.isBusy = false;
        slow.channel.wake();
        guest.run();
        assertEquals(9, guest.hear(0, Message.GPADL_TORNDOWN).getInt(8));
        assertEquals(1, slow.closings);
    }

    @Test
    @DisplayName("A device that is never done is not waited for longer than ten seconds, in a panic too")
    void neverDone() {
        guest.rings(1, 9, RINGS, 4, 0);
        guest.say(Message.UNLOAD);
        assertNull(guest.hear(0));
        guest.now100ns += TEN_SECONDS_100NS;
        guest.run();
        guest.hear(0, Message.UNLOAD_RESPONSE);
        assertEquals(1, slow.closings);
    }

    @Test
    @DisplayName("Other channels are served meanwhile")
    void others() {
        guest.rings(1, 9, RINGS, 4, 0);
        VmbusRings rings = guest.rings(2, 10, RINGS + 16, 4, 0);
        guest.say(Message.CLOSE_CHANNEL, 1);
        assertTrue(rings.send(5, true, new byte[8]));
        guest.run();
        assertEquals(5, rings.receive().getLong(8));
    }

    @Test
    @DisplayName("A device that fails to open: the guest is told so, and may try again")
    void failsToOpen() {
        slow.isFailing = true;
        assertEquals(0, guest.gpadl(1, 9, RINGS, 8));
        assertEquals(Message.FAILURE, guest.open(1, 9, 4, 0));
        slow.isFailing = false;
        slow.isBusy = false;
        assertEquals(0, guest.open(1, 9, 4, 0));
        assertEquals(ChannelState.State.OPEN, guest.bus.channels().get(0).state());
    }

    @Test
    @DisplayName("However often a device wishes to be woken later, there is one timer for the next time")
    void timers() {
        guest.rings(1, 9, RINGS, 4, 0);
        int before = guest.workers.timers();
        for (int i = 0; i < 10_000; i++) {
            slow.channel.wakeAt(1_000_000 + i % 100);
        }
        assertEquals(before + 1, guest.workers.timers());
        for (int i = 0; i < 100; i++) {
            guest.now100ns += 1_000_000;
            slow.channel.wakeAt(guest.now100ns + 500_000);
            guest.run();
        }
        assertFalse(guest.workers.timers() > before + 2, guest.workers.timers() + " timers");
    }
}
