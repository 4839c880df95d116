package hv.launcher.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Standard input on its way to the guest's serial port")
class GuestInputTest {
    /** A guest's port that takes {@code room} bytes. */
    private static final class Port implements GuestInput.Port {
        private final BlockingQueue<Byte> bytes;

        Port(int room) {
            bytes = new LinkedBlockingQueue<>(room);
        }

        @Override
        public boolean send(byte value) throws InterruptedException {
            bytes.put(value);
            return true;
        }

        @Override
        public boolean offer(byte value) {
            return bytes.offer(value);
        }

        String next(int count) throws InterruptedException {
            StringBuilder text = new StringBuilder();
            for (int i = 0; i < count; i++) {
                Byte value = bytes.poll(30, TimeUnit.SECONDS);
                text.append(value == null ? "nothing" : (char) (value & 0xFF));
            }
            return text.toString();
        }
    }

    private final List<String> commands = new CopyOnWriteArrayList<>();
    private final CountDownLatch left = new CountDownLatch(1);

    private Optional<String> stty(String... arguments) {
        commands.add(String.join(" ", arguments));
        return Optional.of(arguments[0].equals("-g") ? "settings" : "");
    }

    private GuestInput input(StandardInput kind, InputStream in, Port port) {
        return new GuestInput(kind, in, new RawTerminal(this::stty), port, left::countDown).start();
    }

    private static InputStream stream(String text) {
        return new ByteArrayInputStream(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    @Test
    @DisplayName(
            "A process that is stopped lends the terminal as it was, and takes it again, as it is by then, when it goes on")
    void stopped() {
        RawTerminal terminal = new RawTerminal(this::stty);
        terminal.lend();
        assertEquals(List.of(), commands, "not before it has it");
        assertTrue(terminal.enter());
        terminal.lend();
        terminal.takeAgain();
        terminal.close();
        terminal.takeAgain();
        assertEquals(List.of("-g", "raw -echo opost", "settings", "-g", "raw -echo opost", "settings"), commands);
    }

    @Test
    @DisplayName("A pipe's bytes go as they are, Ctrl-] among them; they wait for room, and their end changes nothing")
    void pipe() throws Exception {
        String text = "ls\n\u0003\u001d\u00ff\u0000" + "x".repeat(1000) + "end";
        Port port = new Port(10);
        try (GuestInput _ = input(StandardInput.STREAM, stream(text), port)) {
            assertEquals(text, port.next(text.length()));
        }
        assertEquals(1, left.getCount());
        assertEquals(List.of(), commands, "no terminal is touched");
    }

    @Test
    @DisplayName("A terminal is set raw, and put back at the end; all keys go to the guest, Ctrl-C and Ctrl-Z too")
    void terminal() throws Exception {
        Port port = new Port(100);
        try (PipedOutputStream keys = new PipedOutputStream();
                GuestInput _ = input(StandardInput.TERMINAL, new PipedInputStream(keys), port)) {
            keys.write("a\r\u0003\u001a".getBytes(StandardCharsets.US_ASCII));
            keys.flush();
            assertEquals("a\r\u0003\u001a", port.next(4));
            assertEquals(List.of("-g", "raw -echo opost"), commands);
        }
        assertEquals(List.of("-g", "raw -echo opost", "settings"), commands);
        assertEquals(1, left.getCount());
    }

    @Test
    @DisplayName("Ctrl-] leaves, also when the guest does not read and much has been typed; it is not for the guest")
    void leaves() throws Exception {
        Port port = new Port(10);
        try (GuestInput _ = input(StandardInput.TERMINAL, stream("x".repeat(5000) + "\u001dy"), port)) {
            assertTrue(left.await(30, TimeUnit.SECONDS));
        }
        assertEquals("x".repeat(10), port.next(10));
        assertEquals(List.of("-g", "raw -echo opost", "settings"), commands);
    }

    @Test
    @DisplayName("Where there is nothing to read, nothing is read")
    void nothing() {
        InputStream untouched = new InputStream() {
            @Override
            public int read() throws IOException {
                throw new IOException("was read");
            }
        };
        try (GuestInput _ = input(StandardInput.NONE, untouched, new Port(1))) {
            assertEquals(List.of(), commands);
        }
    }

    @Test
    @DisplayName("A terminal that stty cannot set is left alone; one that is closed is not set any more")
    void sttyFails() {
        RawTerminal refused = new RawTerminal(arguments -> {
            commands.add(arguments[0]);
            return Optional.empty();
        });
        assertFalse(refused.enter());
        refused.close();
        assertEquals(List.of("-g"), commands);
        commands.clear();
        RawTerminal half =
                new RawTerminal(arguments -> arguments[0].equals("raw") ? Optional.empty() : stty(arguments));
        assertFalse(half.enter());
        assertEquals(List.of("-g", "settings"), commands);
        commands.clear();
        RawTerminal closed = new RawTerminal(this::stty);
        closed.close();
        assertFalse(closed.enter());
        assertEquals(List.of(), commands);
    }
}
