package hv.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import hv.api.PowerEvent;
import hv.kvm.Kvm;
import hv.machine.MachineResult.End;
import hv.machine.boot.TestImages;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@DisplayName("A guest on /dev/kvm with interrupts from its serial port")
@Timeout(120)
class SerialMachineTest {
    private final ByteArrayOutputStream serial = new ByteArrayOutputStream();
    private final FakeHypervisor hypervisor = new FakeHypervisor(PowerEvent.Reset::new);
    private final ByteArrayOutputStream code = new ByteArrayOutputStream();

    @BeforeEach
    void needsKvm() {
        Kvm.whyUnusable().ifPresent(reason -> assumeTrue(false, "needs KVM: " + reason));
    }

    private void raw(int... values) {
        for (int value : values) {
            code.write(value);
        }
    }

    /** {@code mov dx, port; mov al, value; out dx, al}. */
    private void out(int port, int value) {
        raw(0x66, 0xBA, port, port >> 8, 0xB0, value, 0xEE);
    }

    /** {@code mov dword [address], value}. */
    private void store(int address, int value) {
        raw(0xC7, 0x04, 0x25, address, address >> 8, address >> 16, address >> 24);
        raw(value, value >> 8, value >> 16, value >> 24);
    }

    /**
     * Opens the port with an interrupt for what it receives, halts, and sends back what it is woken for, until that is
     * a {@code !}. The handler of ISA interrupt 4 is in memory from 0x20000 on, gate 0x24 at 0x24000 + 16 * 0x24.
     */
    private byte[] echo() {
        // in al, dx (LSR); test al, 1; jz end; mov dl, 0xF8; in al, dx; out dx, al; cmp al, '!'; jne again;
        // mov dx, 0x600; mov al, 0x34; out dx, al; end: mov al, 0x20; out 0x20, al; iretq
        int[] handler = {
            0x66, 0xBA, 0xFD, 0x03, 0xEC, 0xA8, 0x01, 0x74, 0x10, 0xB2, 0xF8, 0xEC, 0xEE, 0x3C, '!', 0x75, 0xEF, 0x66,
            0xBA, 0x00, 0x06, 0xB0, 0x34, 0xEE, 0x90, 0xB0, 0x20, 0xE6, 0x20, 0x48, 0xCF, 0x90
        };
        for (int i = 0; i < handler.length; i += 4) {
            store(0x20000 + i, handler[i] | handler[i + 1] << 8 | handler[i + 2] << 16 | handler[i + 3] << 24);
        }
        store(0x24000 + 16 * 0x24, 8 << 16); // offset 0 of 0x20000, code segment
        store(0x24000 + 16 * 0x24 + 4, 0x0002_8E00);
        store(0x23000, 0x4000_0FFF); // IDTR: limit, base 0x24000
        store(0x23004, 0x0000_0002);
        raw(0x0F, 0x01, 0x1C, 0x25, 0x00, 0x30, 0x02, 0x00); // lidt [0x23000]
        out(0x20, 0x11);
        out(0x21, 0x20);
        out(0x21, 0x04);
        out(0x21, 0x01);
        out(0x21, 0xEF); // interrupt 4 alone
        out(0x3FA, 0x07); // FIFOs on and empty
        out(0x3F9, 0x01); // received data
        out(0x3FC, 0x0B); // DTR, RTS, OUT2
        out(0x3F8, '>');
        raw(0xFB, 0xF4, 0xEB, 0xFD); // sti; hlt; jmp to the hlt
        return TestImages.flat(code.toByteArray());
    }

    @Test
    @DisplayName(
            "Each byte that the host sends interrupts the halted guest, which echoes it, and then powers itself off")
    void echoesAndPowersOff() throws Exception {
        MachineSpec spec = MachineSpec.of("hv-reset", 1, 16 * TestImages.MIB, echo(), "test", serial);
        Machine closed;
        try (Machine machine = Machine.start(hypervisor, spec)) {
            for (byte value : "sent early, or not; more than a FIFO holds!".getBytes(StandardCharsets.US_ASCII)) {
                assertTrue(machine.sendSerial(value));
            }
            MachineResult result = machine.await();
            assertEquals(new MachineResult(End.POWERED_OFF, 0, 0, "guest powered off"), result);
            assertTrue(result.isSuccess());
            closed = machine;
        }
        assertFalse(closed.sendSerial((byte) 'x'));
        assertFalse(closed.offerSerial((byte) 'x'));
        assertEquals(">sent early, or not; more than a FIFO holds!", serial.toString(StandardCharsets.US_ASCII));
    }
}
