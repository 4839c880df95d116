package hv.vmbus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.api.vmbus.ChannelState.State;
import hv.testkit.VmbusRings;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongConsumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("A guest that writes into its rings what it must not")
class HostileRingTest {
    private static final int WRITE = 0;
    private static final int READ = 4;
    private static final int MASK = 8;
    private static final int PENDING = 12;
    private static final int HOSTILE_AT = 0x40;
    private static final int HONEST_AT = 0x60;
    private static final long DATA = HOSTILE_AT * 4096L + 4096;

    private final Map<Long, Integer> reads = new HashMap<>();
    private LongConsumer beforeRead = gpa -> {};
    private final FakeGuest guest = new FakeGuest(memory -> new SeenMemory(memory) {
        @Override
        void reading(long gpa, int bytes) {
            for (long at = gpa; at < gpa + bytes; at++) {
                reads.merge(at, 1, Integer::sum);
            }
            beforeRead.accept(gpa);
        }
    });
    private final Echo echo = new Echo(1);
    private VmbusRings hostile;
    private VmbusRings honest;

    @BeforeEach
    void open() {
        guest.start(echo, new Echo(2));
        hostile = guest.rings(1, 9, HOSTILE_AT, 2, 0);
        honest = guest.rings(2, 10, HONEST_AT, 2, 0);
        guest.takeFlag(0, 1);
    }

    /** Whatever was done to one channel, the other one is served. */
    @AfterEach
    void others() {
        beforeRead = gpa -> {};
        assertTrue(honest.send(77, true, "good day".getBytes()));
        guest.run();
        assertEquals(77, honest.receive().getLong(8));
        assertEquals(State.OPEN, guest.state(2));
        guest.close();
    }

    private void signal() {
        guest.signal(0x2001);
        guest.run();
    }

    @ParameterizedTest
    @ValueSource(ints = {4096, 4104, 4, 12, -8, Integer.MIN_VALUE, Integer.MAX_VALUE, 8})
    @DisplayName("A write index past the end, not a multiple of 8, or of less than a packet: not read any more")
    void writeIndex(int index) {
        hostile.put(0, head(6, 2, 3, 0));
        hostile.outWord(WRITE, index);
        signal();
        assertEquals(State.FAULTY, guest.state(1));
        assertEquals(index, hostile.outWord(WRITE), "the guest's word is the guest's");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 8, 24, 40, 64, 4088})
    @DisplayName("A write index that goes back, or far ahead, while the host reads: not read any more")
    void writeIndexGoesBack(int index) {
        hostile.send(1, false, new byte[8]);
        hostile.send(2, false, new byte[8]);
        hostile.send(3, false, new byte[8]);
        beforeRead = gpa -> {
            if (gpa >= DATA && gpa < DATA + 4096) {
                hostile.outWord(WRITE, index);
            }
        };
        signal();
        assertEquals(State.FAULTY, guest.state(1));
    }

    @ParameterizedTest
    @ValueSource(ints = {4096, 7, -8, Integer.MIN_VALUE, Integer.MAX_VALUE})
    @DisplayName("A read index that makes the free room negative or huge: not written any more, and nothing beside it")
    void readIndex(int index) {
        hostile.send(1, false, new byte[64]);
        hostile.inWord(READ, index);
        signal();
        assertEquals(State.FAULTY, guest.state(1));
        assertEquals(0, hostile.inWord(WRITE), "no room was made out of that");
    }

    @Test
    @DisplayName("Of the guest's packet each byte is read once, so nothing can change between check and use")
    void readsOnce() {
        hostile.send(5, true, new byte[200]);
        reads.clear();
        guest.run();
        reads.forEach((gpa, times) -> {
            if (gpa >= DATA && gpa < DATA + 4096) {
                assertEquals(1, times, () -> "0x%x was read so often".formatted(gpa));
            }
        });
        assertEquals(1, reads.get(DATA + 4), "its length was read");
        assertEquals(16 + 200, hostile.receive().capacity());
    }

    @Test
    @DisplayName("Head and length rewritten once they have been read: what was checked is what is used")
    void rewritesMeanwhile() {
        hostile.send(5, true, new byte[64]);
        beforeRead = gpa -> {
            if (gpa >= DATA + 16 && gpa < DATA + 4096) {
                hostile.put(0, head(9, 0xFFFF, 0xFFFF, -1));
            }
        };
        signal();
        assertEquals(State.OPEN, guest.state(1));
        ByteBuffer echoed = hostile.receive();
        assertEquals(16 + 64, echoed.capacity());
        assertEquals(5, echoed.getLong(8));
    }

    @ParameterizedTest
    @CsvSource({"2, 0", "2, 65535", "2, 5", "3, 2", "65535, 65535", "0, 3", "1, 3", "0, 0"})
    @DisplayName("Lengths that contradict each other or what is there: not read any more")
    void lengths(int header, int total) {
        hostile.put(0, head(6, header, total, 0));
        hostile.outWord(WRITE, 40);
        signal();
        assertEquals(State.FAULTY, guest.state(1));
    }

    @Test
    @DisplayName("Signals without data: the device is asked once for all of them, and once for none")
    void emptySignals() {
        int asked = echo.asked;
        for (int i = 0; i < 10_000; i++) {
            assertEquals(0, guest.signal(0x2001));
        }
        guest.run();
        assertEquals(asked + 1, echo.asked);
        guest.run();
        assertEquals(asked + 1, echo.asked);
    }

    @Test
    @DisplayName("Masks and waits that come and go: at most one signal for each turn, and no turn without an end")
    void togglesWords() {
        int[] toggles = {0};
        beforeRead = gpa -> {
            toggles[0]++;
            hostile.inWord(MASK, toggles[0] & 1);
            hostile.outWord(MASK, toggles[0] >>> 1 & 1);
            hostile.outWord(PENDING, toggles[0] % 3 == 0 ? 0 : 8 * (toggles[0] % 512));
        };
        int asked = echo.asked;
        for (int i = 0; i < 1_000; i++) {
            hostile.send(i, false, new byte[8]);
            signal();
            hostile.receive();
        }
        assertTrue(echo.asked - asked <= 2_000, echo.asked + " turns");
        assertTrue(toggles[0] < 100_000, toggles[0] + " reads");
        assertEquals(State.OPEN, guest.state(1));
    }

    @Test
    @DisplayName("A guest that never reads: the host takes no more than it can answer, and goes on when there is room")
    void neverReads() {
        int sent = 0;
        int refused = 0;
        while (refused < 1_000) {
            if (hostile.send(sent, true, new byte[104])) {
                sent++;
            } else {
                refused++;
            }
            guest.run();
        }
        assertTrue(sent < 3 * 4096 / 128, sent + " packets are in two rings of 32 and one that is kept");
        for (int received = 0; received < sent; received++) {
            assertEquals(received, hostile.receive().getLong(8));
            guest.run();
        }
        assertNull(hostile.receive());
    }

    private static byte[] head(int type, int header, int total, long transaction) {
        ByteBuffer head = ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN);
        head.putShort((short) type)
                .putShort((short) header)
                .putShort((short) total)
                .putShort((short) 0);
        return head.putLong(transaction).array();
    }
}
