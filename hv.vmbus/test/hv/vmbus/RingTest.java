package hv.vmbus;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.api.vmbus.ChannelState;
import hv.testkit.VmbusRings;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("The rings of a channel")
class RingTest {
    private static final int RINGS = 0x40;
    private static final int WRITE = 0;
    private static final int READ = 4;
    private static final int MASK = 8;
    private static final int PENDING = 12;

    private final FakeGuest guest = new FakeGuest();
    private final Echo echo = new Echo(1);
    private VmbusRings rings;

    @BeforeEach
    void open() {
        guest.add(echo);
        guest.contact(0x5_0003, 0);
        guest.say(Message.REQUEST_OFFERS);
        guest.hear(0);
        guest.hear(0);
        rings = guest.rings(1, 9, RINGS, 2, 0);
        guest.takeFlag(0, 1);
    }

    @AfterEach
    void close() {
        guest.close();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    @DisplayName(
            "Whatever sizes, whoever is slow, and however often the end is passed: nothing lost, nothing doubled, in order")
    void traffic(long seed) {
        Random random = new Random(seed);
        ArrayDeque<byte[]> sent = new ArrayDeque<>();
        int received = 0;
        int next = 0;
        while (received < 5_000) {
            int many = random.nextInt(12);
            for (int i = 0; i < many; i++) {
                byte[] payload = new byte[8 * random.nextInt(1, 100)];
                random.nextBytes(payload);
                if (rings.send(next, next % 2 == 0, payload)) {
                    sent.add(payload);
                    next++;
                }
            }
            if (random.nextBoolean()) {
                guest.run();
            }
            int some = random.nextInt(12);
            for (int i = 0; i < some; i++) {
                ByteBuffer packet = rings.receive();
                if (packet == null) {
                    break;
                }
                assertEquals(received, packet.getLong(8));
                assertEquals(received % 2 == 0 ? 0xB : 6, packet.getShort(0));
                byte[] payload = Arrays.copyOfRange(packet.array(), 16, packet.capacity());
                assertArrayEquals(sent.remove(), payload);
                received++;
            }
            if (sent.isEmpty() || some > 0) {
                guest.run();
            }
        }
        assertEquals(ChannelState.State.OPEN, guest.bus.channels().get(0).state());
    }

    @Test
    @DisplayName("The guest is signalled when the ring it reads was empty and it has not masked that; otherwise not")
    void signalsTheGuest() {
        rings.send(1, false, new byte[8]);
        guest.run();
        assertTrue(guest.takeFlag(0, 1));
        rings.send(2, false, new byte[8]);
        guest.run();
        assertFalse(guest.takeFlag(0, 1), "it has not read the first one");
        rings.receive();
        rings.receive();
        rings.inWord(MASK, 1);
        rings.send(3, false, new byte[8]);
        guest.run();
        assertFalse(guest.takeFlag(0, 1), "it has masked signals");
    }

    @Test
    @DisplayName(
            "A guest that waits for room is signalled when there is as much, also if it has masked signals, and once")
    void signalsRoom() {
        rings.inWord(MASK, 1);
        int sent = 0;
        guest.takeFlag(0, 1);
        while (rings.send(sent, false, new byte[200])) {
            sent++;
        }
        rings.outWord(PENDING, 1000);
        guest.run();
        assertTrue(guest.takeFlag(0, 1));
        rings.send(sent, false, new byte[8]);
        guest.run();
        assertFalse(guest.takeFlag(0, 1), "there was room before");
    }

    @ParameterizedTest
    @CsvSource({"4096", "4097", "8", "-8", "2147483647", "4", "1"})
    @DisplayName(
            "A write index that cannot be, or has gone back: the channel is faulty and is not served; the bus goes on")
    void badWriteIndex(int index) {
        rings.send(1, false, new byte[8]);
        rings.send(2, false, new byte[8]);
        rings.outWord(WRITE, index);
        guest.signal(0x2001);
        guest.run();
        assertEquals(ChannelState.State.FAULTY, guest.bus.channels().get(0).state());
        guest.say(Message.CLOSE_CHANNEL, 1);
        guest.say(Message.GPADL_TEARDOWN, 1, 9);
        guest.hear(0, Message.GPADL_TORNDOWN);
        rings = guest.rings(1, 9, RINGS, 2, 0);
        rings.send(3, false, new byte[8]);
        guest.run();
        assertEquals(3, rings.receive().getLong(8), "closing ends the fault");
    }

    @ParameterizedTest
    @ValueSource(ints = {4096, -1, 3, Integer.MIN_VALUE})
    @DisplayName("So does a read index of the other ring that cannot be")
    void badReadIndex(int index) {
        rings.inWord(READ, index);
        rings.send(1, false, new byte[8]);
        guest.run();
        assertEquals(ChannelState.State.FAULTY, guest.bus.channels().get(0).state());
    }

    @ParameterizedTest
    @CsvSource({
        "6, 2, 0, no length",
        "6, 2, 1, shorter than its head",
        "6, 3, 2, a header longer than the whole",
        "6, 1, 3, a header shorter than a head",
        "6, 0, 3, no header",
        "6, 2, 65535, longer than what is there",
        "6, 2, 4, longer than what is there by its trailer",
        "6, 65535, 65535, all ones"
    })
    @DisplayName("So does a packet whose lengths contradict each other or the ring")
    void badLengths(int type, int header, int total, String why) {
        ByteBuffer packet = ByteBuffer.allocate(32).order(ByteOrder.LITTLE_ENDIAN);
        packet.putShort((short) type).putShort((short) header).putShort((short) total);
        rings.put(0, packet.array());
        rings.outWord(WRITE, 32);
        guest.signal(0x2001);
        guest.run();
        assertEquals(ChannelState.State.FAULTY, guest.bus.channels().get(0).state(), why);
    }

    @Test
    @DisplayName("Words that another processor of the guest's rewrites all the time do the host no harm")
    void hostile() {
        Random random = new Random(7);
        int faults = 0;
        for (int round = 0; round < 3_000; round++) {
            for (int i = random.nextInt(8); i > 0; i--) {
                switch (random.nextInt(5)) {
                    case 0 -> rings.outWord(4 * random.nextInt(17), word(random));
                    case 1 -> rings.inWord(4 * random.nextInt(17), word(random));
                    case 2 -> rings.put(8 * random.nextInt(512), bytes(random));
                    case 3 -> rings.outWord(WRITE, 8 * random.nextInt(512));
                    default -> guest.signal(0x2001);
                }
            }
            guest.signal(0x2001);
            guest.run();
            if (guest.bus.channels().get(0).state() == ChannelState.State.FAULTY) {
                faults++;
                guest.say(Message.GPADL_TEARDOWN, 1, 9);
                guest.hear(0, Message.GPADL_TORNDOWN);
                rings = guest.rings(1, 9, RINGS, 2, 0);
            }
        }
        assertTrue(faults > 100, faults + " faults");
    }

    private static int word(Random random) {
        return switch (random.nextInt(4)) {
            case 0 -> random.nextInt();
            case 1 -> 8 * random.nextInt(513);
            case 2 -> random.nextInt(0x2000);
            default -> -random.nextInt(64);
        };
    }

    private static byte[] bytes(Random random) {
        byte[] bytes = new byte[8];
        random.nextBytes(bytes);
        if (random.nextBoolean()) {
            return new byte[] {6, 0, 2, 0, (byte) random.nextInt(8), 0, 0, 0};
        }
        return bytes;
    }
}
