package hv.vmbus;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.api.StateException;
import hv.api.device.GuestKeyboard;
import hv.api.vmbus.DeviceSite;
import hv.api.vmbus.VmbusDevice;
import hv.keyboard.KeyboardKind;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("A keyboard, as Linux' hyperv-keyboard uses it")
class KeyboardTest {
    private static final int DEL = 0x53;

    private final VmbusDevice device = keyboard();
    private final GuestKeyboard keyboard = (GuestKeyboard) device;
    private final Wire wire = new Wire(device);

    private static VmbusDevice keyboard() {
        return new KeyboardKind().create(new DeviceSite("keyboard", Map.of()));
    }

    private static byte[] words(int... words) {
        ByteBuffer bytes = ByteBuffer.allocate(4 * words.length).order(ByteOrder.LITTLE_ENDIAN);
        for (int word : words) {
            bytes.putInt(word);
        }
        return bytes.array();
    }

    /** hv_kbd_connect_to_vsp */
    private void connect() {
        wire.send(words(1, 0x1_0000));
        response(1);
    }

    private void response(int status) {
        ByteBuffer answer = wire.receive();
        assertNotNull(answer);
        assertEquals(2, answer.getInt(0));
        assertEquals(status, answer.getInt(4));
    }

    /** What hv_kbd_on_receive hands to the serial port for the next message, in hexadecimal; null without one. */
    private String scanned() {
        ByteBuffer message = wire.receive();
        if (message == null) {
            return null;
        }
        assertEquals(3, message.getInt(0));
        int flags = message.getInt(8);
        int code = message.getShort(4) | ((flags & 2) != 0 ? 0x80 : 0);
        return ((flags & 4) != 0 ? "e0 " : "") + Integer.toHexString(code);
    }

    @Test
    @DisplayName("Keys arrive as scan codes of set 1, going down and up, with 0xE0 in front where it belongs")
    void keys() {
        assertFalse(keyboard.isPossible());
        assertFalse(keyboard.key(0x1E, false, true), "nobody listens");
        connect();
        assertTrue(keyboard.isPossible());
        assertNull(wire.receive(), "what was pressed before is not told");
        assertTrue(keyboard.key(0x1E, false, true));
        assertTrue(keyboard.key(0x1E, false, false));
        assertTrue(keyboard.key(DEL, true, true));
        assertTrue(keyboard.key(DEL, true, false));
        assertEquals("1e", scanned());
        assertEquals("9e", scanned());
        assertEquals("e0 53", scanned());
        assertEquals("e0 d3", scanned());
        assertNull(scanned());
    }

    @Test
    @DisplayName("A version that is not 1.0 is refused; the guest may ask for another one")
    void versions() {
        wire.send(words(1, 0x2_0000));
        response(0);
        assertFalse(keyboard.isPossible());
        connect();
        assertTrue(keyboard.isPossible());
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1, 0x80, 0x1FF, Integer.MIN_VALUE})
    @DisplayName("What is no scan code is refused")
    void noCode(int code) {
        connect();
        assertThrows(IllegalArgumentException.class, () -> keyboard.key(code, false, true));
    }

    @Test
    @DisplayName("A guest that does not read gets a ring full, 64 wait, and all are told in their order when it reads")
    void full() {
        connect();
        int told = 0;
        while (keyboard.key(1 + told % 0x7F, false, true)) {
            wire.run();
            told++;
        }
        assertTrue(told > 64 && told < 1_000, "told " + told);
        assertTrue(keyboard.isPossible());
        for (int i = 0; i < told; i++) {
            assertEquals(Integer.toHexString(1 + i % 0x7F), scanned());
        }
        assertNull(scanned());
    }

    @Test
    @DisplayName("Who follows has the keys that wait, and the guest need not ask again")
    void swaps() throws Exception {
        connect();
        while (keyboard.key(0x10, false, true)) {
            wire.run();
        }
        assertEquals("10", scanned());
        wire.run();
        assertTrue(keyboard.key(0x11, false, true));
        VmbusDevice next = keyboard();
        wire.swap(next);
        assertFalse(keyboard.isPossible());
        assertTrue(((GuestKeyboard) next).isPossible());
        wire.restore(keyboard());
        String last = null;
        for (String code = scanned(); code != null; code = scanned()) {
            last = code;
        }
        assertEquals("11", last);
    }

    @Test
    @DisplayName("A question that is not answered yet is answered by who follows")
    void owes() throws Exception {
        connect();
        while (keyboard.key(0x10, false, true)) {
            wire.run();
        }
        wire.send(words(1, 0x3_0000));
        VmbusDevice next = keyboard();
        wire.swap(next);
        assertFalse(((GuestKeyboard) next).isPossible());
        ByteBuffer last = wire.receive();
        while (last.getInt(0) == 3) {
            last = wire.receive();
        }
        assertEquals(2, last.getInt(0));
        assertEquals(0, last.getInt(4));
    }

    @Test
    @DisplayName("A saved state in which anything is out of range is refused")
    void badStates() {
        connect();
        for (String name : wire.save().values.keySet()) {
            for (long bad : new long[] {-1, 3, Long.MAX_VALUE}) {
                Wire.Saved saved = wire.save();
                saved.values.put(name, bad);
                assertThrows(StateException.class, () -> keyboard().restore(saved), name);
            }
        }
        for (byte[] bad : new byte[][] {{1}, {0, 0}, {1, 1}, {(byte) 0x80, 0}, new byte[130]}) {
            Wire.Saved saved = wire.save();
            saved.bytes.put("strokes", bad);
            assertThrows(StateException.class, () -> keyboard().restore(saved));
        }
        assertDoesNotThrow(() -> keyboard().restore(wire.save()));
    }

    @Test
    @DisplayName("Whatever a guest sends, the keyboard works afterwards; one that closes the channel has no keyboard")
    void hostile() {
        Random random = new Random(5);
        for (int i = 0; i < 5_000; i++) {
            byte[] message = new byte[random.nextInt(200)];
            random.nextBytes(message);
            if (message.length >= 8 && random.nextBoolean()) {
                System.arraycopy(words(random.nextInt(6), 0x1_0000), 0, message, 0, 8);
            }
            wire.send(message);
            if (random.nextBoolean()) {
                keyboard.key(1 + random.nextInt(0x7F), random.nextBoolean(), random.nextBoolean());
                wire.receive();
            }
        }
        wire.close();
        assertFalse(keyboard.isPossible());
        assertFalse(keyboard.key(1, false, true));
        wire.open();
        connect();
        assertTrue(keyboard.key(1, false, true));
        assertEquals("1", scanned());
    }
}
