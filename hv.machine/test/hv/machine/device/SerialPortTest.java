package hv.machine.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.api.SavedState;
import hv.api.SavedState.Section;
import hv.api.StateException;
import hv.api.machine.InterruptLine;
import hv.api.machine.SectionReader;
import hv.api.machine.StateSections;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The serial port between the host and the chip")
class SerialPortTest {
    private static final int IER = 1;
    private static final int FCR = 2;
    private static final int IIR = 2;
    private static final int MCR = 4;
    private static final int LSR = 5;
    private static final int DTR_RTS_OUT2 = 0x0B;

    private final ByteArrayOutputStream sent = new ByteArrayOutputStream();
    private final List<Boolean> levels = new ArrayList<>();
    private final SerialPort port = port(new SerialOutput(sent), levels::add);

    private static SerialPort port(SerialOutput output, InterruptLine line) {
        return new SerialPort(output, line, () -> () -> {});
    }

    private void open() {
        port.out(FCR, 1, 0x01);
        port.out(IER, 1, 0x01);
        port.out(MCR, 1, DTR_RTS_OUT2);
    }

    private String readAll() {
        StringBuilder text = new StringBuilder();
        while ((port.in(LSR, 1) & 1) != 0) {
            text.append((char) port.in(0, 1));
        }
        return text.toString();
    }

    private void offer(String text) {
        text.chars().forEach(c -> assertTrue(port.offer(c)));
    }

    @Test
    @DisplayName("A byte raises the interrupt line once; it falls when the guest has read everything")
    void interruptLine() {
        open();
        offer("ab");
        assertEquals(List.of(true), levels);
        port.in(0, 1);
        assertEquals(List.of(true), levels);
        port.in(0, 1);
        assertEquals(List.of(true, false), levels);
    }

    @Test
    @DisplayName("More than a FIFO of input comes whole and in order: the line waits, nothing is overrun")
    void longInput() {
        open();
        String text = "0123456789".repeat(100);
        offer(text);
        assertEquals(0x61, port.in(LSR, 1));
        assertEquals(text, readAll());
        assertFalse(levels.getLast());
    }

    @Test
    @DisplayName("What was sent before the guest opened the port is there when it has, though opening empties the FIFO")
    void earlyInput() {
        offer("early");
        assertEquals(0x60, port.in(LSR, 1));
        port.out(FCR, 1, 0x07);
        port.out(MCR, 1, DTR_RTS_OUT2);
        assertEquals("early", readAll());
    }

    @Test
    @DisplayName("A guest that probes in loopback does not get what the host sends")
    void loopback() {
        offer("x");
        port.out(MCR, 1, 0x1F);
        assertEquals("", readAll());
        port.out(0, 1, 'y');
        assertEquals("y", readAll());
        port.out(MCR, 1, DTR_RTS_OUT2);
        assertEquals("x", readAll());
    }

    @Test
    @DisplayName("4096 bytes wait for a guest that does not read; then offering fails and sending waits until it reads")
    void bounded() throws Exception {
        offer("x".repeat(SerialPort.LINE_BYTES));
        assertFalse(port.offer('y'));
        FutureTask<Boolean> waiting = new FutureTask<>(() -> port.receive('y'));
        Thread sender = Thread.ofPlatform().daemon().start(waiting);
        awaitWaiting(sender);
        assertFalse(waiting.isDone());
        port.out(MCR, 1, DTR_RTS_OUT2);
        assertTrue(waiting.get(30, TimeUnit.SECONDS));
        assertEquals("x".repeat(SerialPort.LINE_BYTES) + "y", readAll());
    }

    private static void awaitWaiting(Thread thread) {
        assertTimeoutPreemptively(Duration.ofSeconds(30), () -> {
            while (thread.getState() != Thread.State.WAITING) {
                Thread.onSpinWait();
            }
        });
    }

    @Test
    @DisplayName("Closing ends whoever waits, and leaves the interrupt line alone from then on")
    void closing() throws Exception {
        offer("x".repeat(SerialPort.LINE_BYTES));
        FutureTask<Boolean> waiting = new FutureTask<>(() -> port.receive('y'));
        Thread sender = Thread.ofPlatform().daemon().start(waiting);
        awaitWaiting(sender);
        port.close();
        assertFalse(waiting.get(30, TimeUnit.SECONDS));
        assertFalse(port.receive('z'));
        assertFalse(port.offer('z'));
        open();
        assertEquals(List.of(), levels);
    }

    private SectionReader section(Section section) throws StateException {
        return new StateSections(new SavedState(List.of(section)))
                .take(section.id(), SavedState.PARTITION, section.version());
    }

    @Test
    @DisplayName("Saved and restored: registers, characters, overrun and a THR empty that was not told")
    void saved() throws Exception {
        port.out(FCR, 1, 0x81);
        port.out(IER, 1, 0x07);
        port.out(MCR, 1, 0x10);
        for (int i = 0; i <= Receiver.FIFO_BYTES; i++) {
            port.out(0, 1, 'a' + i);
        }
        port.out(MCR, 1, DTR_RTS_OUT2);
        Section saved = port.section();
        SerialPort other = port(new SerialOutput(sent), levels::add);
        levels.clear();
        other.read(section(saved)).run();
        assertEquals(List.of(false, true), levels, "a rising edge for whatever the interrupt controllers hold");
        assertEquals(saved.values(), other.section().values());
        assertEquals(0xC6, other.in(IIR, 1));
        assertEquals(0x63, other.in(LSR, 1));
        for (int i = 0; i < Receiver.FIFO_BYTES; i++) {
            assertEquals('a' + i, other.in(0, 1));
        }
        assertEquals(0xC2, other.in(IIR, 1));
        assertEquals(0x0B, other.in(MCR, 1));
        other.reset();
        SerialPort fresh = port(new SerialOutput(sent), high -> {});
        assertEquals(fresh.section().values(), other.section().values());
        assertFalse(levels.getLast());
    }

    @Test
    @DisplayName("A section of version 1, without receiver, is read too")
    void firstVersion() throws Exception {
        Map<String, Long> old =
                Map.of("DLL", 12L, "DLM", 1L, "IER", 2L, "FCR", 1L, "LCR", 3L, "MCR", 0x0BL, "SCR", 0xA5L);
        port.read(section(new Section("uart", SavedState.PARTITION, 1, old, Map.of())))
                .run();
        assertEquals(0xA5, port.in(7, 1));
        assertEquals(0xC1, port.in(IIR, 1));
        assertEquals(0x60, port.in(LSR, 1));
    }

    @Test
    @DisplayName("A value that cannot be is refused by name")
    void damaged() throws Exception {
        Section good = port.section();
        Map<String, Long> bad = Map.of("FCR", 0x40L, "received", 2L, "MSR", 0x10L, "overrun", 2L, "IER", 0x10L);
        for (Map.Entry<String, Long> entry : bad.entrySet()) {
            Map<String, Long> values = new HashMap<>(good.values());
            values.put(entry.getKey(), entry.getValue());
            SectionReader reader = section(new Section("uart", SavedState.PARTITION, 2, values, good.bytes()));
            assertThrows(StateException.class, () -> port.read(reader), entry.getKey());
        }
        SectionReader shorter =
                section(new Section("uart", SavedState.PARTITION, 2, good.values(), Map.of("RBR", new byte[3])));
        assertThrows(StateException.class, () -> port.read(shorter));
    }

    @Test
    @DisplayName("Any accesses, in any order, end in a byte, and the line and the interrupt stay consistent")
    void hostile() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int i = 0; i < 200_000; i++) {
            int offset = random.nextInt(8);
            if (random.nextInt(8) == 0) {
                port.offer(random.nextInt(256));
            } else if (random.nextBoolean()) {
                int value = port.in(offset, 1);
                assertTrue(value >= 0 && value <= 0xFF, "seed " + seed);
            } else {
                port.out(offset, 1, random.nextInt());
            }
        }
        assertTrue(port.section().values().get("received") <= Receiver.FIFO_BYTES);
        for (int i = 1; i < levels.size(); i++) {
            assertEquals(!levels.get(i - 1), levels.get(i), "seed " + seed);
        }
    }

    @Test
    @DisplayName("A prompt, which has no line end, is flushed soon")
    void prompt() throws Exception {
        CountDownLatch flushed = new CountDownLatch(1);
        SerialOutput output = new SerialOutput(new OutputStream() {
            private final StringBuilder text = new StringBuilder();

            @Override
            public void write(int b) {
                text.append((char) b);
            }

            @Override
            public void flush() {
                if (text.toString().equals("login: ")) {
                    flushed.countDown();
                }
            }
        });
        "login: ".chars().forEach(output::send);
        assertTrue(flushed.await(30, TimeUnit.SECONDS));
        output.close();
    }
}
