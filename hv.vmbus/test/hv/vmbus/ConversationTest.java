package hv.vmbus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.api.vmbus.ChannelState;
import hv.testkit.VmbusRings;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("What a guest and the bus say to each other")
class ConversationTest {
    private static final int NEWEST = 0x5_0003;
    private static final int RINGS = 0x40;

    private final FakeGuest guest = new FakeGuest();
    private final Echo echo = new Echo(1);

    @AfterEach
    void close() {
        guest.close();
    }

    private void offers(int version) {
        assertEquals(1, guest.contact(version, 0).get(8));
        guest.say(Message.REQUEST_OFFERS);
    }

    private ChannelState.State state(int index) {
        return guest.bus.channels().get(index).snapshot().state();
    }

    @ParameterizedTest
    @ValueSource(ints = {0x5_0003, 0x5_0002, 0x5_0001, 0x5_0000, 0x4_0001, 0x4_0000, 0x3_0000, 0x2_0004})
    @DisplayName(
            "Contact in each protocol from 5.3 down to 2.4: the answer names the connection, before 5.0 the version")
    void contact(int version) {
        ByteBuffer answer = guest.contact(version, version >= 0x3_0000 ? 1 : 0);
        assertEquals(1, answer.get(8));
        assertEquals(0, answer.get(9));
        assertEquals(version >= 0x5_0000 ? 1 : version, answer.getInt(12));
    }

    @ParameterizedTest
    @ValueSource(ints = {0x6_0000, 0x5_0004, 0x1_0001, 0xD, 0, -1})
    @DisplayName("A protocol that is not spoken is declined, and the guest may ask for another")
    void declined(int version) {
        ByteBuffer message = Message.of(Message.INITIATE_CONTACT, 40).putInt(8, version);
        guest.say(message.put(16, (byte) 2).array());
        ByteBuffer answer = guest.hear(0, Message.VERSION_RESPONSE);
        assertEquals(0, answer.get(8));
        assertEquals(0, answer.getInt(12));
        assertEquals(1, guest.contact(NEWEST, 0).get(8));
    }

    @Test
    @DisplayName(
            "Offers: each device with number, kind, instance and connection, then the end of them; a second time nothing")
    void offers() {
        guest.add(echo);
        guest.add(new Echo(2));
        offers(NEWEST);
        for (int number = 1; number <= 2; number++) {
            ByteBuffer offer = guest.hear(0, Message.OFFER_CHANNEL);
            assertEquals(196, offer.limit());
            assertEquals(0x11223344, offer.getInt(8));
            assertEquals(0x5566, offer.getShort(12));
            assertEquals((byte) 0x99, offer.get(16));
            assertEquals((byte) number, offer.get(39));
            assertEquals(number, offer.getInt(184));
            assertEquals(1, offer.getShort(190));
            assertEquals(0x2000 + number, offer.getInt(192));
        }
        guest.hear(0, Message.ALL_OFFERS_DELIVERED);
        guest.say(Message.REQUEST_OFFERS);
        assertNull(guest.hear(0));
    }

    @Test
    @DisplayName("Open, talk, close, tear down, open again: the device is told each time, and the rings carry packets")
    void open() {
        guest.add(echo);
        offers(NEWEST);
        guest.hear(0);
        guest.hear(0);
        for (int round = 0; round < 2; round++) {
            VmbusRings rings = guest.rings(1, 9, RINGS, 20, 1);
            assertTrue(guest.takeFlag(1, 1), "the host signals once");
            assertTrue(rings.send(5, true, "hello wo".getBytes()));
            guest.run();
            ByteBuffer answer = rings.receive();
            assertEquals(0xB, answer.getShort(0));
            assertEquals(5, answer.getLong(8));
            assertEquals("hello wo", new String(answer.array(), 16, 8));
            assertTrue(guest.takeFlag(1, 1));
            assertFalse(guest.takeFlag(0, 1));
            guest.say(Message.CLOSE_CHANNEL, 1);
            guest.say(Message.GPADL_TEARDOWN, 1, 9);
            assertEquals(9, guest.hear(0, Message.GPADL_TORNDOWN).getInt(8));
            assertEquals(ChannelState.State.CLOSED, state(0));
        }
        assertEquals(List.of("opened", "closed", "opened", "closed"), echo.told);
        assertEquals(0x12, guest.signal(0x2001), "a closed channel has no connection: invalid connection id");
    }

    @Test
    @DisplayName("What cannot be opened is refused with the open's own id, and can be opened afterwards")
    void refusedOpens() {
        guest.add(echo);
        offers(NEWEST);
        guest.hear(0);
        guest.hear(0);
        assertEquals(0, guest.gpadl(1, 9, RINGS, 8));
        assertEquals(Message.FAILURE, guest.open(1, 8, 4, 0), "another GPADL");
        assertEquals(Message.FAILURE, guest.open(2, 9, 4, 0), "another channel");
        for (int hostRing : new int[] {0, 1, 7, 8, 9, -1, Integer.MIN_VALUE}) {
            assertEquals(Message.FAILURE, guest.open(1, 9, hostRing, 0), () -> "host ring at page " + hostRing);
        }
        assertEquals(Message.FAILURE, guest.open(1, 9, 4, FakeGuest.VPS), "a VP that is not there");
        assertEquals(0, guest.open(1, 9, 4, -1), "no interrupts wanted");
        assertEquals(Message.FAILURE, guest.open(1, 9, 4, 0), "it is open");
    }

    @Test
    @DisplayName(
            "A GPADL of memory that is none, with lengths that contradict each other, twice, or too many is refused")
    void refusedGpadls() {
        guest.add(echo);
        offers(NEWEST);
        guest.hear(0);
        guest.hear(0);
        assertEquals(Message.FAILURE, guest.gpadl(1, 1, 0xF_FFFF, 2), "outside RAM");
        assertEquals(Message.FAILURE, guest.gpadl(3, 1, RINGS, 2), "no such channel");
        assertEquals(0, guest.gpadl(1, 1, RINGS, 2));
        assertEquals(Message.FAILURE, guest.gpadl(1, 1, RINGS, 2), "the id is taken");
        for (int[] lengths : new int[][] {{8, 1}, {12, 1}, {16, 0}, {16, 2}, {0, 1}, {0xFFF8, 0xFFFF}}) {
            ByteBuffer header =
                    Message.of(Message.GPADL_HEADER, 36).putInt(8, 1).putInt(12, 77);
            header.putShort(16, (short) lengths[0])
                    .putShort(18, (short) lengths[1])
                    .putInt(20, 4096);
            guest.say(header.putLong(28, RINGS).array());
            assertEquals(Message.FAILURE, guest.hear(0, Message.GPADL_CREATED).getInt(16));
        }
        for (int id = 2; id <= Gpadls.MOST_PER_CHANNEL; id++) {
            assertEquals(0, guest.gpadl(1, id, RINGS, 1));
        }
        assertEquals(Message.FAILURE, guest.gpadl(1, 1000, RINGS, 1), "64 are enough");
        guest.say(Message.of(Message.GPADL_BODY, 24).putInt(12, 4711).array());
        assertNull(guest.hear(0), "a body of no GPADL means nothing");
    }

    @Test
    @DisplayName(
            "A device that is taken away: RESCIND; its number and instance are used again only after RELID_RELEASED")
    void rescind() {
        guest.add(echo);
        offers(NEWEST);
        guest.hear(0);
        guest.hear(0);
        guest.rings(1, 9, RINGS, 4, 0);
        guest.rescind(guest.bus.channel(1));
        assertEquals(1, guest.hear(0, Message.RESCIND_OFFER).getInt(8));
        assertEquals(List.of("opened", "closed"), echo.told);
        guest.add(new Echo(1));
        guest.run();
        assertNull(guest.hear(0), "the same instance waits");
        guest.add(new Echo(2));
        guest.run();
        assertEquals(2, guest.hear(0, Message.OFFER_CHANNEL).getInt(184));
        guest.say(Message.CLOSE_CHANNEL, 1);
        guest.say(Message.RELID_RELEASED, 2);
        assertNull(guest.hear(0), "the number of a device that is there cannot be released");
        guest.say(Message.RELID_RELEASED, 1);
        assertEquals(1, guest.hear(0, Message.OFFER_CHANNEL).getInt(184));
        assertEquals(0, guest.gpadl(1, 9, RINGS, 4), "the old channel's GPADLs are gone");
    }

    @Test
    @DisplayName("UNLOAD and a new contact end everything, in any state; devices stay, and are offered again")
    void beginsAnew() {
        guest.add(echo);
        guest.say(Message.UNLOAD);
        guest.hear(0, Message.UNLOAD_RESPONSE);
        for (int round = 0; round < 3; round++) {
            offers(NEWEST);
            assertEquals(1, guest.hear(0, Message.OFFER_CHANNEL).getInt(184));
            guest.hear(0, Message.ALL_OFFERS_DELIVERED);
            guest.rings(1, 9, RINGS, 4, 0);
            if (round != 1) {
                guest.say(Message.UNLOAD);
                guest.hear(0, Message.UNLOAD_RESPONSE);
                assertEquals(ChannelState.State.UNOFFERED, state(0));
            }
        }
        assertEquals(List.of("opened", "closed", "opened", "closed", "opened", "closed"), echo.told);
    }

    @Test
    @DisplayName("MODIFYCHANNEL moves the signals to another VP, answered from 5.3 on")
    void modify() {
        guest.add(echo);
        offers(NEWEST);
        guest.hear(0);
        guest.hear(0);
        VmbusRings rings = guest.rings(1, 9, RINGS, 4, 0);
        guest.say(Message.MODIFY_CHANNEL, 1, 1);
        assertEquals(0, guest.hear(0, Message.MODIFY_CHANNEL_RESPONSE).getInt(12));
        guest.takeFlag(0, 1);
        guest.takeFlag(1, 1);
        rings.send(1, false, new byte[8]);
        guest.run();
        assertTrue(guest.takeFlag(1, 1));
        assertFalse(guest.takeFlag(0, 1));
        for (int vp : new int[] {2, -1, Integer.MAX_VALUE}) {
            guest.say(Message.MODIFY_CHANNEL, 1, vp);
            assertEquals(
                    Message.FAILURE,
                    guest.hear(0, Message.MODIFY_CHANNEL_RESPONSE).getInt(12));
        }
    }

    @Test
    @DisplayName(
            "What is too short, comes before contact, or is no message of a guest's is passed over; the bus goes on")
    void passedOver() {
        guest.add(echo);
        guest.say(Message.REQUEST_OFFERS);
        for (int type = -1; type < 32; type++) {
            if (type != Message.UNLOAD) {
                guest.say(type);
            }
        }
        assertNull(guest.hear(0));
        offers(NEWEST);
        guest.hear(0, Message.OFFER_CHANNEL);
    }

    @Test
    @DisplayName(
            "A guest that posts and never reads is told to try later, and the bus keeps a bounded number of answers")
    void flood() {
        guest.contact(NEWEST, 0);
        int refused = 0;
        for (int i = 0; i < 20_000; i++) {
            refused += guest.post(Bus.MESSAGES, Message.words(Message.GPADL_TEARDOWN, 1, i)) == 0 ? 0 : 1;
            guest.workers.run();
        }
        assertTrue(refused > 15_000, refused + " refused");
        int heard = 0;
        while (guest.hear(0) != null) {
            heard++;
        }
        assertEquals(20_000 - refused, heard, "what was taken is answered");
    }
}
