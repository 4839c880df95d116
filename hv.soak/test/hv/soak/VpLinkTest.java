package hv.soak;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.api.HvStatus;
import hv.api.synic.EventReceiver;
import hv.api.synic.MessageReceiver;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The host's side of a soak takes and sends by number, and says what does not fit. */
class VpLinkTest {
    private final FakePorts ports = new FakePorts();
    private final List<String> violations = new ArrayList<>();
    private final VpLink link = new VpLink(1, () -> ports, violations::add);
    private MessageReceiver messages;
    private EventReceiver events;

    @BeforeEach
    void connect() {
        link.connect();
        messages = ports.messages.get(0x101);
        events = ports.events.get(0x201);
    }

    private int post(int type, long... values) {
        ByteBuffer payload = ByteBuffer.allocate(240).order(ByteOrder.LITTLE_ENDIAN);
        for (long value : values) {
            payload.putLong(value);
        }
        return messages.received(0x101, type, payload.array(), payload.position());
    }

    @Test
    @DisplayName("a message that finds the queue full keeps its number and is counted as back-pressure, not as sent")
    void backPressure() {
        assertTrue(link.send());
        ports.status = HvStatus.INSUFFICIENT_BUFFERS;
        assertFalse(link.send());
        ports.status = HvStatus.SUCCESS;
        assertTrue(link.send());
        assertEquals(List.of(0L, 1L), ports.numbers);
        assertEquals(2, link.sent());
        assertEquals(1, link.backPressure());
        assertEquals(List.of(), violations);
    }

    @Test
    @DisplayName("a guest's message that is not the next number, or not its complement, is a violation")
    void numbers() {
        assertEquals(HvStatus.SUCCESS, post(2, 0, ~0L));
        assertEquals(HvStatus.SUCCESS, post(2, 1, ~1L));
        assertEquals(List.of(), violations);
        post(2, 3, ~3L);
        post(2, 3, 3);
        assertEquals(2, violations.size());
        assertTrue(violations.getFirst().startsWith("VP 1: message 2 arrived as number 3"), violations::toString);
    }

    @Test
    @DisplayName("one message of sixteen finds no room, and the same one is taken when it comes again")
    void refuses() {
        for (int number = 0; number < 15; number++) {
            assertEquals(HvStatus.SUCCESS, post(2, number, ~(long) number));
        }
        assertEquals(HvStatus.INSUFFICIENT_BUFFERS, post(2, 15, ~15L));
        assertEquals(HvStatus.SUCCESS, post(2, 15, ~15L));
        assertEquals(16, link.received());
        assertEquals(1, link.refused());
        assertEquals(List.of(), violations);
    }

    @Test
    @DisplayName(
            "the hello sets the first event flag, each signal the next, and none after the message that stops the guest")
    void events() {
        assertFalse(link.isListening());
        post(1);
        assertTrue(link.isListening());
        events.signalled(0x201);
        assertTrue(link.stop());
        events.signalled(0x201);
        assertEquals(List.of(0, 1), ports.flags);
        assertEquals(2, link.flagsSet());
        assertEquals(2, link.eventsReceived());
    }

    @Test
    @DisplayName("a status that no guest of ours can cause is a violation that names it")
    void statuses() {
        ports.status = HvStatus.INVALID_SYNIC_STATE;
        link.send();
        post(1);
        assertEquals(2, violations.size());
        assertTrue(violations.getFirst().contains("INVALID_SYNIC_STATE"), violations::toString);
    }
}
