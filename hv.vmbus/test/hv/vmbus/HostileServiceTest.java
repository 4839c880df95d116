package hv.vmbus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.api.vmbus.ChannelState.State;
import hv.api.vmbus.IntegrationService;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.UUID;
import java.util.function.LongConsumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("A guest whose integration services answer as they must not")
class HostileServiceTest {
    private static final int VERSION = 0x3_0000;
    private static final int BODY_BYTES = 40;
    private static final int HEAD = 16;

    /** Where Utils lays the rings of channel 1. */
    private static final int RING_PAGE = 0x50;

    private LongConsumer beforeWrite = gpa -> {};
    private final FakeGuest guest = new FakeGuest(memory -> new SeenMemory(memory) {
        @Override
        void writing(long gpa, int bytes) {
            beforeWrite.accept(gpa);
        }
    });
    private final Asker asker = new Asker();
    private Utils driver;

    /** A service that asks when the test says so. */
    private static final class Asker extends IntegrationService {
        private int answers;
        private int bytes;

        Asker() {
            super(new UUID(7, 7), new UUID(7, 8), 1, BODY_BYTES, List.of(VERSION));
        }

        void askNow() {
            ask(new byte[BODY_BYTES]);
        }

        boolean isOwed() {
            return isAsking();
        }

        @Override
        protected void ready(int spoken) {
            assertEquals(VERSION, spoken);
        }

        @Override
        protected void answered(int status, ByteBuffer answer) {
            answers++;
            bytes = answer.remaining();
        }

        @Override
        protected void due() {
            // It asks when it is told to.
        }

        @Override
        protected void ended() {
            // Nothing is kept.
        }
    }

    @BeforeEach
    void negotiate() {
        guest.start(asker, new Echo(2));
        driver = new Utils(guest, 1, VERSION, VERSION);
        driver.negotiate();
        asker.askNow();
    }

    @AfterEach
    void close() {
        beforeWrite = gpa -> {};
        guest.close();
    }

    private static byte[] payload(ByteBuffer message) {
        byte[] payload = new byte[message.capacity() - HEAD];
        message.get(HEAD, payload);
        return payload;
    }

    @Test
    @DisplayName("The same answer twice, and answers to nothing: the first one counts")
    void twice() {
        ByteBuffer asked = driver.receive();
        for (int i = 0; i < 5; i++) {
            driver.answer(asked);
        }
        assertEquals(1, asker.answers);
        asker.askNow();
        driver.answer(asked);
        assertEquals(1, asker.answers, "that is the last question's");
        assertTrue(asker.isOwed());
        driver.answer(driver.receive());
        assertEquals(2, asker.answers);
    }

    @ParameterizedTest
    @ValueSource(ints = {41, 48, 0x7FFF, 0x8000, 0xFFFF})
    @DisplayName("A body that is longer than its packet: no answer; one that is right is taken afterwards")
    void tooLong(int size) {
        ByteBuffer asked = driver.receive();
        short right = asked.getShort(HEAD + 18);
        driver.answer(asked.putShort(HEAD + 18, (short) (size > 41 ? size : 45)));
        assertEquals(0, asker.answers);
        driver.answer(asked.putShort(HEAD + 18, right));
        assertEquals(1, asker.answers);
        assertEquals(BODY_BYTES, asker.bytes);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 8, 16, 24})
    @DisplayName("A packet that ends before its head does: passed over")
    void tooShort(int bytes) {
        driver.rings().send(1, false, new byte[bytes]);
        guest.run();
        assertEquals(0, asker.answers);
        assertEquals(State.OPEN, guest.state(1));
    }

    @Test
    @DisplayName("No answer at all: one question is outstanding, however long that takes, and nothing grows")
    void noAnswer() {
        driver.receive();
        for (int i = 0; i < 1_000; i++) {
            guest.now100ns += 100_000_000;
            guest.signal(0x2001);
            guest.run();
        }
        assertNull(driver.receive());
        assertTrue(asker.isOwed());
        assertTrue(guest.workers.timers() < 100, guest.workers.timers() + " timers wait");
    }

    @Test
    @DisplayName("A guest that writes as fast as the host reads: the host has other things to do, and comes back to it")
    void writesWithoutEnd() {
        long out = RING_PAGE * 4096L;
        int[] writes = {0};
        byte[] packet = packet();
        beforeWrite = gpa -> {
            // The host is about to say how far it has read, or that it wants to be signalled: there is more already.
            if ((gpa == out + 4 || gpa == out + 8) && writes[0] < 200_000) {
                writes[0]++;
                driver.rings().send(writes[0], false, packet);
            }
        };
        driver.rings().send(0, false, packet);
        guest.signal(0x2001);
        int turns = 0;
        while (writes[0] < 200_000 && turns < 10) {
            guest.bus.poke();
            guest.workers.turn();
            turns++;
        }
        assertTrue(writes[0] < 200_000, "the host did nothing else");
    }

    private byte[] packet() {
        return payload(ByteBuffer.allocate(HEAD + 32).order(ByteOrder.LITTLE_ENDIAN));
    }
}
