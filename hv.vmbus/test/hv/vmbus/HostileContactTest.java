package hv.vmbus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.api.HvStatus;
import hv.api.vmbus.ChannelOffer;
import hv.api.vmbus.ChannelState.State;
import hv.api.vmbus.VmbusChannel;
import hv.api.vmbus.VmbusDevice;
import java.nio.ByteBuffer;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("A guest that posts as it must not")
class HostileContactTest {
    private static final int RINGS = 0x40;
    private static final int NEWEST = 0x5_0003;

    private final FakeGuest guest = new FakeGuest();

    @AfterEach
    void close() {
        guest.close();
    }

    /** A device with input or output under way for a while. */
    private static final class Slow implements VmbusDevice {
        private VmbusChannel channel;
        private boolean isDone;
        private int asked;
        private int closings;

        @Override
        public ChannelOffer offer() {
            return new ChannelOffer(Echo.KIND, new UUID(0, 5), 0, 0, 64);
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
            asked++;
            return isDone;
        }

        @Override
        public void closed() {
            closings++;
        }
    }

    private static byte[] initiate(int version) {
        return Message.of(Message.INITIATE_CONTACT, 40)
                .putInt(8, version)
                .put(16, (byte) 2)
                .array();
    }

    @Test
    @DisplayName(
            "Contact and UNLOAD by the hundred while a device is at work: closed once, and the last contact counts")
    void storm() {
        Slow slow = new Slow();
        guest.start(slow);
        guest.rings(1, 9, RINGS, 4, 0);
        int taken = 0;
        for (int i = 0; i < 1_000; i++) {
            byte[] message = i % 3 == 0 ? Message.words(Message.UNLOAD) : initiate(NEWEST);
            taken += guest.post(Bus.CONTACT, message) == HvStatus.SUCCESS ? 1 : 0;
            guest.run();
        }
        assertTrue(taken < 300, taken + " messages were taken, and none can be answered yet");
        assertTrue(slow.asked < 5_000, "asked " + slow.asked + " times");
        assertEquals(0, slow.closings);
        assertNull(guest.hear(0));
        slow.isDone = true;
        slow.channel.wake();
        guest.run();
        assertEquals(1, slow.closings);
        while (guest.hear(0) != null) {
            // Some of the answers: an earlier contact's is not worth one.
        }
        assertEquals(1, guest.contact(NEWEST, 0).get(8));
    }

    @ParameterizedTest
    @ValueSource(ints = {Bus.MESSAGES, Bus.CONTACT})
    @DisplayName("Posts without end while nothing is read: refused with 19, so that it tries again, and bounded")
    void flood(int connection) {
        guest.start(new Echo(1));
        int refused = 0;
        for (int i = 0; i < 30_000; i++) {
            long status = guest.post(connection, Message.words(Message.GPADL_TEARDOWN, 1, i));
            if (status != 0) {
                assertEquals(HvStatus.INSUFFICIENT_BUFFERS, status);
                refused++;
            }
            if (i % 16 == 0) {
                guest.run();
            }
        }
        assertTrue(30_000 - refused < 5_000, (30_000 - refused) + " were taken");
        int heard = 0;
        while (guest.hear(0) != null) {
            heard++;
        }
        assertEquals(30_000 - refused, heard, "each that was taken is answered");
    }

    @Test
    @DisplayName("Posts to connections that are none: refused with 18, whatever they say")
    void noConnection() {
        guest.start();
        for (int connection : new int[] {0, 2, 3, 5, 0x2000, 0x2001, 0x80_0074, 0xFF_FFFF}) {
            assertEquals(HvStatus.INVALID_CONNECTION_ID, guest.post(connection, initiate(NEWEST)));
        }
    }

    @Test
    @DisplayName("TL_CONNECT by the thousand, for sockets that nobody has: no answer, no channel, nothing kept")
    void connects() {
        guest.start(new Echo(1));
        for (int i = 0; i < 20_000; i++) {
            ByteBuffer connect = Message.of(21, i % 2 == 0 ? 40 : 56);
            for (int at = 8; at < connect.capacity(); at += 8) {
                connect.putLong(at, 0x2F2E_2E2F_2E2E_2F00L + i); // "/../../", for those who make names of it
            }
            assertEquals(0, guest.post(Bus.MESSAGES, connect.array()));
            guest.run();
        }
        assertNull(guest.hear(0));
        assertEquals(1, guest.bus.channels().size());
        assertEquals(State.CLOSED, guest.state(1));
    }

    @Test
    @DisplayName("Every type in every length, before contact and after: none does harm, what is whole is answered")
    void lengths() {
        guest.start(new Echo(1));
        for (int round = 0; round < 2; round++) {
            for (int type = -1; type < 40; type++) {
                for (int bytes = 8; bytes <= 240; bytes++) {
                    byte[] message = Message.of(type, bytes).array();
                    assertEquals(0, guest.post(Bus.MESSAGES, message));
                    guest.run();
                    ByteBuffer heard = guest.hear(0);
                    while (heard != null) {
                        assertTrue(isAnswer(heard.getInt(0)), "a message of type " + heard.getInt(0));
                        heard = guest.hear(0);
                    }
                }
            }
            guest.start();
        }
    }

    private static boolean isAnswer(int type) {
        return switch (type) {
            case Message.OPEN_RESULT,
                    Message.GPADL_CREATED,
                    Message.GPADL_TORNDOWN,
                    Message.VERSION_RESPONSE,
                    Message.UNLOAD_RESPONSE,
                    Message.MODIFY_CHANNEL_RESPONSE,
                    Message.OFFER_CHANNEL,
                    Message.ALL_OFFERS_DELIVERED -> true;
            default -> false;
        };
    }
}
