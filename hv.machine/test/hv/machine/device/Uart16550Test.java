package hv.machine.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("16550A, by its data sheet")
class Uart16550Test {
    private static final int RBR = 0;
    private static final int THR = 0;
    private static final int IER = 1;
    private static final int IIR = 2;
    private static final int FCR = 2;
    private static final int LCR = 3;
    private static final int MCR = 4;
    private static final int LSR = 5;
    private static final int MSR = 6;
    private static final int DTR_RTS_OUT2 = 0x0B;
    private static final int LOOPBACK = 0x10;

    private final ByteArrayOutputStream sent = new ByteArrayOutputStream();
    private final SerialOutput output = new SerialOutput(sent);
    private final Uart16550 chip = new Uart16550(output);

    @BeforeEach
    void opened() {
        chip.write(MCR, DTR_RTS_OUT2);
    }

    private void receive(String text) {
        text.chars().forEach(chip::receive);
    }

    private String readAll() {
        StringBuilder text = new StringBuilder();
        while ((chip.read(LSR) & 1) != 0) {
            text.append((char) chip.read(RBR));
        }
        return text.toString();
    }

    private int cause() {
        return chip.read(IIR) & 0x0F;
    }

    @Test
    @DisplayName("After a reset: IER 0, IIR 1, LCR 0, MCR 0, LSR 0x60, no FIFOs, interrupt output low")
    void reset() {
        chip.write(FCR, 0xC1);
        chip.write(IER, 0x0F);
        receive("x");
        chip.set(UartState.RESET);
        assertEquals(0, chip.read(IER));
        assertEquals(0x01, chip.read(IIR));
        assertEquals(0, chip.read(LCR));
        assertEquals(0, chip.read(MCR));
        assertEquals(0x60, chip.read(LSR));
        assertFalse(chip.isInterrupting());
    }

    @Test
    @DisplayName("LSR bit 0 is set while there is a character; RBR gives them in order")
    void dataReady() {
        chip.write(FCR, 0x01);
        receive("abc");
        assertEquals(0x61, chip.read(LSR));
        assertEquals("abc", readAll());
        assertEquals(0x60, chip.read(LSR));
    }

    @Test
    @DisplayName("Received data available (IIR 4) needs IER bit 0, and goes when RBR is read, with the interrupt")
    void receivedData() {
        receive("x");
        assertEquals(0x01, chip.read(IIR));
        assertFalse(chip.isInterrupting());
        chip.write(IER, 0x01);
        assertEquals(0x04, chip.read(IIR));
        assertEquals(0x04, chip.read(IIR), "reading IIR does not end it");
        assertTrue(chip.isInterrupting());
        assertEquals('x', chip.read(RBR));
        assertEquals(0x01, chip.read(IIR));
        assertFalse(chip.isInterrupting());
    }

    @ParameterizedTest
    @CsvSource({"0x01,1", "0x41,4", "0x81,8", "0xC1,14"})
    @DisplayName("FCR 7:6 is the trigger level 1, 4, 8, 14: below it IIR says character timeout, 0xC, from it on 4")
    void triggerLevel(int fcr, int level) {
        chip.write(FCR, fcr);
        chip.write(IER, 0x01);
        for (int i = 1; i <= Receiver.FIFO_BYTES; i++) {
            chip.receive('x');
            assertEquals(i < level ? 0xCC : 0xC4, chip.read(IIR), "after %d characters".formatted(i));
            assertTrue(chip.isInterrupting());
        }
        for (int left = Receiver.FIFO_BYTES - 1; left > 0; left--) {
            chip.read(RBR);
            assertEquals(left < level ? 0xCC : 0xC4, chip.read(IIR), "%d left".formatted(left));
        }
        chip.read(RBR);
        assertEquals(0xC1, chip.read(IIR));
    }

    @Test
    @DisplayName("THR empty (IIR 2) happens when IER bit 1 is set, once, and reading IIR ends it")
    void thrEmptyWhenEnabled() {
        assertEquals(0x01, chip.read(IIR));
        for (int i = 0; i < 2; i++) {
            chip.write(IER, 0x02);
            assertTrue(chip.isInterrupting());
            assertEquals(0x02, chip.read(IIR));
            assertFalse(chip.isInterrupting());
            assertEquals(0x01, chip.read(IIR));
            chip.write(IER, 0x00);
        }
    }

    @Test
    @DisplayName("THR empty happens again after each character that was written")
    void thrEmptyAfterWriting() {
        chip.write(IER, 0x02);
        chip.read(IIR);
        for (char c : "ab".toCharArray()) {
            chip.write(THR, c);
            assertTrue(chip.isInterrupting());
            assertEquals(0x02, chip.read(IIR));
            assertEquals(0x01, chip.read(IIR));
        }
        output.settle();
        assertEquals("ab", sent.toString(StandardCharsets.US_ASCII));
    }

    @Test
    @DisplayName("THR empty is not ended by reading an IIR that says something else")
    void thrEmptyStays() {
        chip.write(IER, 0x03);
        receive("x");
        assertEquals(0x04, chip.read(IIR));
        assertEquals(0x04, chip.read(IIR));
        chip.read(RBR);
        assertEquals(0x02, chip.read(IIR));
        assertEquals(0x01, chip.read(IIR));
    }

    @Test
    @DisplayName("Line status (IIR 6) is an overrun, and reading LSR ends it; without FIFO the new character stays")
    void overrunWithoutFifo() {
        chip.write(IER, 0x04);
        receive("ab");
        assertEquals(0x06, chip.read(IIR));
        assertTrue(chip.isInterrupting());
        assertEquals(0x63, chip.read(LSR));
        assertEquals(0x61, chip.read(LSR));
        assertEquals(0x01, chip.read(IIR));
        assertFalse(chip.isInterrupting());
        assertEquals('b', chip.read(RBR));
    }

    @Test
    @DisplayName("An overrun of the FIFO loses the 17th character and none of the 16")
    void overrunWithFifo() {
        chip.write(FCR, 0x01);
        receive("0123456789abcdefX");
        assertEquals(0x63, chip.read(LSR));
        assertEquals("0123456789abcdef", readAll());
    }

    @Test
    @DisplayName("Modem status (IIR 0) is a change of a modem line, and reading MSR ends it")
    void modemStatus() {
        chip.write(MCR, LOOPBACK | 0x0B);
        chip.read(MSR);
        chip.write(IER, 0x08);
        assertEquals(0x01, chip.read(IIR));
        chip.write(MCR, LOOPBACK | 0x09);
        assertEquals(0x00, chip.read(IIR));
        assertEquals(0xA1, chip.read(MSR), "CTS has gone: DCTS");
        assertEquals(0xA0, chip.read(MSR));
        assertEquals(0x01, chip.read(IIR));
    }

    @ParameterizedTest
    @CsvSource({"0x01,0x22", "0x02,0x11", "0x04,0x40", "0x08,0x88"})
    @DisplayName("In loopback DTR, RTS, OUT1, OUT2 come back as DSR, CTS, RI, DCD, with their changes; RI has none yet")
    void loopedLines(int mcr, int msr) {
        chip.write(MCR, LOOPBACK);
        chip.read(MSR);
        chip.write(MCR, LOOPBACK | mcr);
        assertEquals(msr, chip.read(MSR));
    }

    @Test
    @DisplayName("TERI, MSR bit 2, is the end of RI")
    void trailingEdgeOfRing() {
        chip.write(MCR, LOOPBACK | 0x04);
        chip.read(MSR);
        chip.write(MCR, LOOPBACK);
        assertEquals(0x04, chip.read(MSR));
    }

    @Test
    @DisplayName("Priority: line status, received data or timeout, THR empty, modem status")
    void priority() {
        chip.write(FCR, 0xC1);
        chip.write(MCR, LOOPBACK); // CTS, DSR and DCD have gone
        for (int i = 0; i <= Receiver.FIFO_BYTES; i++) {
            chip.write(THR, 'x');
        }
        chip.write(IER, 0x0F);
        assertEquals(0xC6, chip.read(IIR));
        chip.read(LSR);
        assertEquals(0xC4, chip.read(IIR));
        for (int i = 0; i < 3; i++) {
            chip.read(RBR);
        }
        assertEquals(0xCC, chip.read(IIR));
        readAll();
        assertEquals(0xC2, chip.read(IIR));
        assertEquals(0xC0, chip.read(IIR));
        chip.read(MSR);
        assertEquals(0xC1, chip.read(IIR));
    }

    @Test
    @DisplayName("In loopback what is transmitted is received, and nothing leaves the chip")
    void loopedData() {
        chip.write(FCR, 0x01);
        chip.write(MCR, LOOPBACK | DTR_RTS_OUT2);
        for (char c : "echo".toCharArray()) {
            chip.write(THR, c);
        }
        assertEquals("echo", readAll());
        output.settle();
        assertEquals(0, sent.size());
    }

    @Test
    @DisplayName("In loopback the other side is cut off, and OUT2 is off, so the interrupt is disconnected")
    void loopedOutputs() {
        chip.write(IER, 0x02);
        assertTrue(chip.isInterrupting());
        assertTrue(chip.isReceiving());
        chip.write(MCR, LOOPBACK | DTR_RTS_OUT2);
        assertFalse(chip.isInterrupting());
        assertFalse(chip.isReceiving());
    }

    @Test
    @DisplayName("MCR bit 3 (OUT2) connects the interrupt; IIR does not depend on it")
    void interruptGate() {
        chip.write(MCR, 0x03);
        chip.write(IER, 0x01);
        receive("x");
        assertFalse(chip.isInterrupting());
        assertEquals(0x04, cause());
        chip.write(MCR, DTR_RTS_OUT2);
        assertTrue(chip.isInterrupting());
    }

    @Test
    @DisplayName("RTS (MCR bit 1) says whether the other side may send")
    void requestToSend() {
        chip.write(MCR, 0x09);
        assertFalse(chip.isReceiving());
        chip.write(MCR, DTR_RTS_OUT2);
        assertTrue(chip.isReceiving());
    }

    @Test
    @DisplayName("FCR bit 1 empties the receiver, bit 0 switches the FIFOs and empties it when it changes")
    void fifoResets() {
        chip.write(FCR, 0x01);
        receive("abc");
        chip.write(FCR, 0x01);
        assertEquals(0x61, chip.read(LSR), "not emptied");
        chip.write(FCR, 0x03);
        assertEquals(0x60, chip.read(LSR));
        receive("abc");
        chip.write(FCR, 0x00);
        assertEquals(0x60, chip.read(LSR));
        assertEquals(0x01, chip.read(IIR));
        receive("a");
        chip.write(FCR, 0x01);
        assertEquals(0x60, chip.read(LSR));
    }

    @Test
    @DisplayName("FCR without bit 0 programs nothing else")
    void fifoControlNeedsBit0() {
        receive("a");
        chip.write(FCR, 0xC2);
        assertEquals("a", readAll());
        chip.write(FCR, 0xC1);
        chip.write(FCR, 0x00);
        chip.write(FCR, 0x01);
        chip.write(IER, 0x01);
        receive("a");
        assertEquals(0xC4, chip.read(IIR), "the trigger level is 1");
    }

    @Test
    @DisplayName("LSR and MSR cannot be written; with DLAB neither RBR nor THR is touched")
    void readOnly() {
        receive("a");
        chip.write(LSR, 0);
        chip.write(MSR, 0xFF);
        assertEquals(0x61, chip.read(LSR));
        assertEquals(0xB0, chip.read(MSR));
        chip.write(LCR, 0x83);
        chip.read(RBR);
        chip.write(THR, 'x');
        chip.write(LCR, 0x03);
        assertEquals("a", readAll());
        output.settle();
        assertEquals(0, sent.size());
    }
}
