package hv.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.machine.boot.TestImages;
import hv.machine.device.Board;
import hv.machine.device.DebugExit;
import hv.machine.device.FirmwareConfig;
import hv.machine.device.PortDevice;
import hv.machine.device.ResetPort;
import hv.machine.device.SerialOutput;
import hv.machine.device.SerialPort;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class DevicesTest {
    private final ByteArrayOutputStream serial = new ByteArrayOutputStream();
    private final SerialOutput serialOutput = new SerialOutput(serial);
    private final SerialPort uart = port(serialOutput);
    private final List<String> happened = new ArrayList<>();
    private final Board board = new Board(List.of(
            uart,
            new DebugExit(code -> happened.add("exit " + code)),
            new FirmwareConfig(3, 64 * TestImages.MIB),
            new ResetPort(ResetPort.KEYBOARD, () -> happened.add("reset by keyboard controller")),
            new ResetPort(ResetPort.CHIPSET, () -> happened.add("reset by chipset"))));

    private static SerialPort port(OutputStream out) {
        return port(new SerialOutput(out));
    }

    private static SerialPort port(SerialOutput out) {
        return new SerialPort(out, high -> {}, () -> () -> {});
    }

    @Test
    @DisplayName("16550: THR transmits; LSR says that holding register and transmitter are empty (bits 5 and 6)")
    void uartTransmits() {
        for (char c : "Hi\n".toCharArray()) {
            assertEquals(0x60, board.in(0x3FD, 1) & 0x60);
            board.out(0x3F8, 1, c);
        }
        serialOutput.settle();
        assertEquals("Hi\n", serial.toString(StandardCharsets.US_ASCII));
        assertEquals(0, board.in(0x3FD, 1) & 1, "no data ready");
    }

    @Test
    @DisplayName("16550: DLAB (LCR bit 7) puts the divisor latch in place of THR and IER")
    void uartDivisorLatch() {
        board.out(0x3FB, 1, 0x80);
        board.out(0x3F8, 1, 0x0C);
        board.out(0x3F9, 1, 0x01);
        assertEquals(0x0C, board.in(0x3F8, 1));
        assertEquals(0x01, board.in(0x3F9, 1));
        board.out(0x3FB, 1, 0x03);
        board.out(0x3F9, 1, 0xFF);
        assertEquals(0x0F, board.in(0x3F9, 1), "IER bits 7:4 are always 0");
        assertEquals(0x03, board.in(0x3FB, 1));
        serialOutput.settle();
        assertEquals(0, serial.size());
        board.out(0x3FB, 1, 0x80);
        assertEquals(0x0C, board.in(0x3F8, 1), "IER and divisor are different registers");
    }

    @Test
    @DisplayName("16550: scratch and modem control read back, IIR says no interrupt and whether FIFOs are on")
    void uartReadback() {
        board.out(0x3FF, 1, 0xA5);
        board.out(0x3FC, 1, 0xFF);
        assertEquals(0xA5, board.in(0x3FF, 1));
        assertEquals(0x1F, board.in(0x3FC, 1));
        assertEquals(0x01, board.in(0x3FA, 1));
        board.out(0x3FA, 1, 0x01);
        assertEquals(0xC1, board.in(0x3FA, 1));
    }

    @Test
    @DisplayName("16550: in loopback (MCR bit 4) MSR 7:4 shows OUT2, OUT1, DTR, RTS and nothing is transmitted")
    void uartLoopback() {
        board.out(0x3FC, 1, 0x10 | 0x0A);
        assertEquals(0x90, board.in(0x3FE, 1) & 0xF0);
        board.out(0x3F8, 1, 'x');
        serialOutput.settle();
        assertEquals(0, serial.size());
    }

    @Test
    @DisplayName("A stream that fails does not stop the guest")
    void brokenStream() {
        SerialPort broken = port(new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw new IOException("reader has gone");
            }
        });
        broken.out(0, 1, 'x');
        broken.out(0, 1, 'y');
    }

    @Test
    @DisplayName("fw_cfg: a key selects an item, bytes come little-endian, then zeros; selecting starts again")
    void firmwareConfig() {
        assertEquals("QEMU", ascii(0x00, 4));
        assertEquals(List.of(3, 0, 0), item(0x05, 3));
        assertEquals(List.of(3, 0), item(0x0F, 2));
        assertEquals(List.of(0, 0, 0, 4, 0, 0, 0, 0, 0), item(0x03, 9));
        assertEquals(List.of(3), item(0x05, 1));
        assertEquals(List.of(0, 0), item(0x4242, 2));
    }

    private List<Integer> item(int key, int bytes) {
        board.out(0x510, 2, key);
        List<Integer> values = new ArrayList<>();
        for (int i = 0; i < bytes; i++) {
            values.add(board.in(0x511, 1));
        }
        return values;
    }

    private String ascii(int key, int bytes) {
        StringBuilder text = new StringBuilder();
        item(key, bytes).forEach(value -> text.append((char) (int) value));
        return text.toString();
    }

    @Test
    @DisplayName("Debug exit: the 32-bit value written to 0xF4 is the code")
    void debugExit() {
        board.out(0xF4, 4, 0x1234_5678);
        assertEquals(List.of("exit 305419896"), happened);
    }

    @Test
    @DisplayName("0xFE to the keyboard controller and RST_CPU to 0xCF9 reset; other values do not")
    void resetPorts() {
        board.out(0x64, 1, 0xD1);
        board.out(0xCF9, 1, 0x02);
        assertEquals(List.of(), happened);
        board.out(0x64, 1, 0xFE);
        board.out(0xCF9, 1, 0x06);
        assertEquals(List.of("reset by keyboard controller", "reset by chipset"), happened);
        assertEquals(0, board.in(0x64, 1), "its input buffer is empty");
    }

    @Test
    @DisplayName("Ports and addresses without a device read as all ones and ignore writes")
    void unassigned() {
        for (int port : new int[] {0, 0x63, 0x65, 0x3000, 0x3F7, 0x400, 0x512, 0x8900, 0xFFFF}) {
            assertEquals(-1, board.in(port, 4));
            board.out(port, 4, -1);
        }
        assertEquals(-1, board.read(0xFED0_0000L, 8));
        board.write(0xFED0_0000L, 8, 1);
        assertEquals(List.of(), happened);
    }

    @Test
    @DisplayName("Every port in every width ends in a value")
    void everyPort() {
        for (int port = 0; port < 0x10000; port++) {
            for (int bytes : new int[] {1, 2, 4}) {
                board.in(port, bytes);
                board.out(port, bytes, 0x5A5A_5A5A);
            }
        }
    }

    @Test
    @DisplayName("Two devices on one port are a mistake of the board")
    void overlap() {
        List<PortDevice> parts = List.of(uart, port(serial));
        assertThrows(IllegalArgumentException.class, () -> new Board(parts));
    }

    @Test
    @DisplayName("Resets: as many as one likes over time, not more than 32 within a minute")
    void resetLimit() {
        long[] now = {0};
        ResetLimit limit = new ResetLimit(() -> now[0]);
        for (int i = 0; i < 100; i++) {
            now[0] += 3_000_000_000L;
            assertTrue(limit.admit());
        }
        now[0] += 100_000_000_000L;
        for (int i = 0; i < ResetLimit.MOST; i++) {
            assertTrue(limit.admit());
        }
        assertFalse(limit.admit());
        assertEquals(132, limit.count());
    }

    @Test
    @DisplayName("Sizes that cannot be are refused in one line that says what to give")
    void specRanges() {
        byte[] image = {};
        assertTrue(assertThrows(
                        IllegalArgumentException.class,
                        () -> MachineSpec.of("", 0, 16 * TestImages.MIB, image, "x", serial))
                .getMessage()
                .contains("from 1 to 4096"));
        for (long bytes : new long[] {0, -1, 16 * TestImages.MIB - 4096, 16 * TestImages.MIB + 1, Long.MAX_VALUE}) {
            assertTrue(
                    assertThrows(IllegalArgumentException.class, () -> MachineSpec.of("", 1, bytes, image, "x", serial))
                            .getMessage()
                            .contains("from 16M"));
        }
    }
}
