package hv.kvm;

import static org.junit.jupiter.api.Assertions.assertEquals;

import hv.api.machine.BootState;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class InterruptTest {
    private static final int SPURIOUS_VECTOR_REGISTER = 0xFEE0_00F0;
    private static final int EOI_REGISTER = 0xFEE0_00B0;
    private static final int ICR_LOW = 0xFEE0_0300;

    /** {@code mov dword [ebx + disp32], value} with EBX = the APIC's base; works in 32-bit and 64-bit code. */
    private static Code apicWrite(Code code, int register, int value) {
        return code.movEbx(0xFEE0_0000)
                .raw(0xC7, 0x83)
                .raw(register, register >> 8, 0, 0)
                .raw(value, value >> 8, value >> 16, value >> 24);
    }

    @Test
    @DisplayName("An interrupt wakes a halted VP without a kick and reaches its handler, each time (KVM_SIGNAL_MSI)")
    void interruptWakesAHaltedVp() {
        try (TestVm vm = new TestVm(1)) {
            Code code = apicWrite(new Code().raw(TestVm.LIDT), SPURIOUS_VECTOR_REGISTER & 0xFFF, 0x1FF)
                    .outAl(0x10)
                    .sti();
            int top = code.size();
            code.hlt().jumpTo(top);
            Code handler =
                    apicWrite(new Code().outAl(0x50), EOI_REGISTER & 0xFFF, 0).iretq();
            vm.boot64(code, handler);
            vm.next();
            for (int i = 0; i < 5; i++) {
                vm.vm.interrupt(0, 0x50);
                assertEquals(0x50, vm.next().port());
            }
        }
    }

    @Test
    @DisplayName(
            "INIT and SIPI start the second VP at the vector's page; it is VP 1 and finds APIC id 1 (in-kernel APIC)")
    void sipiStartsTheSecondVp() throws InterruptedException {
        try (TestVm vm = new TestVm(2)) {
            LinkedBlockingQueue<Integer> readers = new LinkedBlockingQueue<>();
            vm.partition.read = msr -> {
                readers.add(vm.vm.currentVp());
                return vm.vm.currentVp();
            };
            // 16-bit code: mov eax,1; cpuid; shr ebx,24; mov eax,ebx; out 0x21,eax; mov ecx,msr; rdmsr; out 0x22,eax;
            // hlt
            Code trampoline = new Code()
                    .raw(0x66, 0xB8, 1, 0, 0, 0)
                    .cpuid()
                    .raw(0x66, 0xC1, 0xEB, 24)
                    .raw(0x66, 0x89, 0xD8)
                    .raw(0x66, 0xE7, 0x21)
                    .raw(0x66, 0xB9, 2, 0, 0, 0x40)
                    .rdmsr()
                    .raw(0x66, 0xE7, 0x22)
                    .halt();
            Code code = apicWrite(new Code(), SPURIOUS_VECTOR_REGISTER & 0xFFF, 0x1FF);
            apicWrite(code, ICR_LOW & 0xFFF, 0xC_4500); // INIT, all but self
            apicWrite(code, ICR_LOW & 0xFFF, 0xC_4600 | TestVm.TRAMPOLINE >> 12); // SIPI, all but self
            vm.vm.boot(vm.partition, BootState.protectedMode(TestVm.CODE), () -> {
                vm.put(TestVm.CODE, code.halt());
                vm.put(TestVm.TRAMPOLINE, trampoline);
            });
            assertEquals(new TestVm.Out(0x21, 4, 1), vm.next());
            assertEquals(new TestVm.Out(0x22, 4, 1), vm.next());
            assertEquals(1, readers.poll(1, TimeUnit.SECONDS));
        }
    }

    @Test
    @DisplayName("An interrupt goes to the VP that is named, not to another (physical destination = VP index)")
    void interruptGoesToItsVp() {
        try (TestVm vm = new TestVm(1)) {
            vm.boot32(new Code().halt());
            // No such VP, and vectors that an APIC refuses: without effect.
            vm.vm.interrupt(0, 3);
            org.junit.jupiter.api.Assertions.assertThrows(
                    IndexOutOfBoundsException.class, () -> vm.vm.interrupt(1, 0x50));
        }
    }
}
