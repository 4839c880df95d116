package hv.vmbus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.api.StateException;
import hv.api.enlightenment.StateReader;
import hv.api.vmbus.ChannelOffer;
import hv.api.vmbus.VmbusChannel;
import hv.api.vmbus.VmbusDevice;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A device that is not done yet when it is to be closed or to stand still")
class UnsettledDeviceTest {
    private static final int RINGS = 0x40;
    private static final int GPADL = 9;
    private static final long LONG_NANOS = TimeUnit.SECONDS.toNanos(60);

    private final FakeGuest guest = new FakeGuest();
    private final Busy busy = new Busy();

    /** A device with something under way until the test says that it is done. */
    private static final class Busy implements VmbusDevice {
        private final CountDownLatch asked = new CountDownLatch(1);
        private volatile VmbusChannel channel;
        private volatile boolean isDone;
        private int closings;

        @Override
        public ChannelOffer offer() {
            return new ChannelOffer(Echo.KIND, new UUID(0, 99), 0, 0, 64);
        }

        @Override
        public void opened(VmbusChannel open) {
            channel = open;
        }

        @Override
        public void woken() {
            // It has all that it needs.
        }

        @Override
        public boolean settle() {
            asked.countDown();
            return isDone;
        }

        @Override
        public void closed() {
            closings++;
        }
    }

    @BeforeEach
    void open() {
        guest.start(busy);
        guest.rings(1, GPADL, RINGS, 4, 0);
    }

    @AfterEach
    void close() {
        guest.close();
    }

    @Test
    @DisplayName("The guest has signalled meanwhile: the bus stands still as soon as the device says that it is done")
    void standsStill() throws Exception {
        Service service = guest.bus.channel(1).service();
        guest.bus.paused(true);
        guest.signal(0x2001);
        guest.run();
        CompletableFuture<Boolean> settled = CompletableFuture.supplyAsync(() -> {
            try {
                return service.awaitSettled(LONG_NANOS);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        assertTrue(busy.asked.await(10, TimeUnit.SECONDS));
        busy.isDone = true;
        busy.channel.wake();
        guest.workers.run();
        assertTrue(settled.get(10, TimeUnit.SECONDS));
    }

    @Test
    @DisplayName("The guest has signalled meanwhile: the channel is closed as soon as the device says that it is done")
    void closes() {
        assertEquals(0, guest.post(Bus.MESSAGES, Message.words(Message.CLOSE_CHANNEL, 1)));
        assertEquals(0, guest.signal(0x2001));
        guest.run();
        assertEquals(0, busy.closings);
        busy.isDone = true;
        busy.channel.wake();
        guest.workers.run();
        assertEquals(1, busy.closings);
    }

    @Test
    @DisplayName("Opened, closed and given back while it is closing: each is answered when the device is done")
    void openedWhileClosing() {
        guest.say(Message.CLOSE_CHANNEL, 1);
        ByteBuffer open = Message.of(Message.OPEN_CHANNEL, 148).putInt(8, 1).putInt(12, 0x1234);
        guest.say(open.putInt(16, GPADL).putInt(24, 4).array());
        guest.say(Message.CLOSE_CHANNEL, 1);
        guest.say(Message.GPADL_TEARDOWN, 1, GPADL);
        assertNull(guest.hear(0));
        busy.isDone = true;
        busy.channel.wake();
        guest.run();
        assertEquals(0x1234, guest.hear(0, Message.OPEN_RESULT).getInt(12));
        assertEquals(GPADL, guest.hear(0, Message.GPADL_TORNDOWN).getInt(8));
    }

    @Test
    @DisplayName("Saved while it is taken away: where the guest goes on it is gone, and the guest is told so")
    void savedWhileLeaving() throws Exception {
        guest.bus.ask(() -> guest.bus.rescind(guest.bus.channel(1)));
        guest.run();
        assertNull(guest.hear(0), "its channel is not closed yet");
        Wire.Saved saved = new Wire.Saved();
        guest.bus.paused(true);
        new BusState(guest.bus).save(saved);
        try (FakeGuest elsewhere = new FakeGuest()) {
            new BusState(elsewhere.bus).restore(saved);
            elsewhere.run();
            assertEquals(1, elsewhere.hear(0, Message.RESCIND_OFFER).getInt(8));
            elsewhere.say(Message.RELID_RELEASED, 1);
            assertEquals(List.of(), elsewhere.bus.channels());
        }
    }

    @Test
    @DisplayName("Opened and closed 2,000 times: no timer is left for each of them")
    void leavesNoTimers() {
        busy.isDone = true;
        for (int i = 0; i < 2_000; i++) {
            guest.say(Message.CLOSE_CHANNEL, 1);
            assertEquals(0, guest.open(1, GPADL, 4, 0));
        }
        assertTrue(guest.workers.timers() < 100, guest.workers.timers() + " timers wait");
    }

    @Test
    @DisplayName("A saved state whose last length is longer than what is left: refused as a bad state")
    void tooShortAState() {
        StateReader saved = new StateReader() {
            @Override
            public int version() {
                return 1;
            }

            @Override
            public long get(String name) {
                return 12;
            }

            @Override
            public long get(String name, long fallback) {
                return 12;
            }

            @Override
            public byte[] bytes(String name) {
                return new byte[] {12, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4};
            }
        };
        assertThrows(StateException.class, () -> new StateStream.Reader(saved).bytes(240));
    }
}
