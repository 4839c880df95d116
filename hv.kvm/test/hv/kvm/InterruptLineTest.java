package hv.kvm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Lines of devices reach the guest through KVM's interrupt controllers (KVM_IRQ_LINE)")
class InterruptLineTest {
    private static final int GSI = 4;
    private static final int READY = 0x10;
    private static final int HANDLED = 0x50;

    /** {@code mov al, value; out port, al}. */
    private static Code out(Code code, int port, int value) {
        return code.raw(0xB0, value).outAl(port);
    }

    /** {@code mov dword [0xFEC00000], register; mov dword [0xFEC00010], value}, by EBX. */
    private static Code ioApic(Code code, int register, int value) {
        code.movEbx(0xFEC0_0000).raw(0xC7, 0x03, register, 0, 0, 0);
        return code.raw(0xC7, 0x43, 0x10, value, value >> 8, value >> 16, value >> 24);
    }

    private static Code apic(Code code, int register, int value) {
        return code.movEbx(0xFEE0_0000)
                .raw(0xC7, 0x83, register, register >> 8, 0, 0)
                .raw(value, value >> 8, value >> 16, value >> 24);
    }

    private static void fiveInterrupts(Code start, Code handler) {
        try (TestVm vm = new TestVm(1)) {
            out(start, READY, 1).sti();
            int top = start.size();
            start.hlt().jumpTo(top);
            vm.boot64(start, handler.iretq());
            assertEquals(READY, vm.next().port());
            for (int i = 0; i < 5; i++) {
                vm.vm.interruptLine(GSI, true);
                assertEquals(HANDLED, vm.next().port());
                vm.vm.interruptLine(GSI, false);
            }
        }
    }

    @Test
    @DisplayName("8259A: ISA interrupt 4 arrives with the vector of ICW2 plus 4, at each change from low to high")
    void byThe8259() {
        Code start = new Code().raw(TestVm.LIDT);
        out(start, 0x20, 0x11); // ICW1: edge-triggered, ICW4 follows
        out(start, 0x21, 0x20); // ICW2: vectors from 0x20
        out(start, 0x21, 0x04); // ICW3: a slave at input 2
        out(start, 0x21, 0x01); // ICW4: 8086
        out(start, 0x21, 0xFF & ~(1 << GSI));
        fiveInterrupts(start, out(out(new Code(), HANDLED, 1), 0x20, 0x20)); // a non-specific EOI
    }

    @Test
    @DisplayName("I/O APIC: the redirection entry of input 4 sends its vector to the local APIC of the VP")
    void byTheIoApic() {
        Code start = new Code().raw(TestVm.LIDT);
        apic(start, 0xF0, 0x1FF);
        ioApic(start, 0x10 + 2 * GSI + 1, 0);
        ioApic(start, 0x10 + 2 * GSI, 0x41);
        fiveInterrupts(start, apic(out(new Code(), HANDLED, 1), 0xB0, 0));
    }

    @Test
    @DisplayName("There are 24 lines, as an I/O APIC has inputs")
    void range() {
        try (TestVm vm = new TestVm(1)) {
            vm.vm.interruptLine(23, false);
            assertThrows(IndexOutOfBoundsException.class, () -> vm.vm.interruptLine(24, true));
            assertThrows(IndexOutOfBoundsException.class, () -> vm.vm.interruptLine(-1, true));
        }
    }
}
