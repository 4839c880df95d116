package hv.kvm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.api.LocalApic;
import hv.api.VpSet;
import hv.kvm.abi.Ioctl;
import hv.kvm.abi.KvmDevice;
import hv.kvm.abi.Vcpu;
import hv.kvm.vcpu.VcpuThread;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("What enlightenments ask of KVM beyond plain interrupts")
class InterruptControlTest {
    private static final int VECTOR = 0x50;
    private static final int MSR_EOI = 0x4000_0070;

    /** Enables the APIC; EBX is left at its base. */
    private static Code apicOn() {
        return new Code()
                .raw(TestVm.LIDT)
                .movEbx(0xFEE0_0000)
                .raw(0xC7, 0x83, 0xF0, 0, 0, 0, 0xFF, 1, 0, 0)
                .outAl(0x10);
    }

    private static Code haltsForEver() {
        Code code = apicOn().sti();
        int top = code.size();
        return code.hlt().jumpTo(top);
    }

    /** Tells of the interrupt and returns without an EOI. */
    private static Code withoutEoi() {
        return new Code().outAl(VECTOR).iretq();
    }

    @Test
    @DisplayName("TLFS 'SINTx' AutoEOI: a halted VP takes one vector again and again without a single EOI")
    void deliversToAHaltedVpWithoutEoi() {
        try (TestVm vm = new TestVm(1).boot64(haltsForEver(), withoutEoi())) {
            vm.next();
            for (int i = 0; i < 5; i++) {
                vm.vm.interruptAutoEoi(0, VECTOR);
                assertEquals(VECTOR, vm.next().port());
            }
        }
    }

    @Test
    @DisplayName("TLFS 'SINTx' AutoEOI: a running VP takes it too, and none is lost")
    void deliversToARunningVpWithoutEoi() {
        try (TestVm vm = new TestVm(1).boot64(apicOn().sti().spin(), withoutEoi())) {
            vm.next();
            for (int i = 0; i < 5; i++) {
                vm.vm.interruptAutoEoi(0, VECTOR);
                assertEquals(VECTOR, vm.next().port());
            }
        }
    }

    @Test
    @DisplayName("With interrupts disabled it waits until the guest enables them")
    void waitsForInterruptsToBeEnabled() {
        // The IN keeps the guest coming back until the host lets it go on.
        Code code = apicOn().cli();
        int top = code.size();
        code.inEax(0x30).raw(0x85, 0xC0); // test eax, eax
        code.raw(0x78, top - (code.size() + 2)).sti().spin(); // js top
        try (TestVm vm = new TestVm(1)) {
            vm.input = -1;
            vm.boot64(code, withoutEoi());
            vm.next();
            vm.vm.interruptAutoEoi(0, VECTOR);
            assertTrue(vm.outs.isEmpty());
            vm.input = 1;
            assertEquals(VECTOR, vm.next().port());
        }
    }

    @Test
    @DisplayName(
            "TLFS 'HvCallFlushVirtualAddressSpace': after a flush the guest sees the page table entry it wrote before")
    void flushesTheTlbOfTheCaller() {
        int pageDirectoryEntry = 0x3000 + 2 * 8;
        Code code = new Code()
                .raw(0x8B, 0x04, 0x25, 0x00, 0x01, 0x40, 0x00) // mov eax, [0x400100]
                .outEax(0x20)
                .store(pageDirectoryEntry, 0x20_0087)
                .movEcx(0x4000_0010)
                .rdmsr()
                .raw(0x8B, 0x04, 0x25, 0x00, 0x01, 0x40, 0x00)
                .outEax(0x21)
                .halt();
        try (TestVm vm = new TestVm(new VmSpec(8 << 20, 1, false, KvmDevice.DEFAULT))) {
            VpSet self = new VpSet();
            self.add(0);
            vm.partition.read = msr -> vm.vm.flushTlb(0, self) ? 1 : 0;
            vm.memory().putInt(0x40_0100, 0x11);
            vm.memory().putInt(0x20_0100, 0x22);
            vm.boot64(code);
            assertEquals(new TestVm.Out(0x20, 4, 0x11), vm.next());
            assertEquals(new TestVm.Out(0x21, 4, 0x22), vm.next());
        }
    }

    @Test
    @DisplayName("A flush returns for VPs that run, are halted, or have not been started")
    void flushCompletesWhateverTheTargetsDo() {
        VpSet all = new VpSet();
        all.addFirst(2);
        for (Code code : new Code[] {apicOn().sti().spin(), haltsForEver()}) {
            try (TestVm vm = new TestVm(2).boot64(code)) {
                vm.next();
                for (int i = 0; i < 20; i++) {
                    assertTrue(vm.vm.flushTlb(0, all));
                }
                vm.vm.interruptAutoEoi(0, VECTOR);
                assertEquals(0xFF, vm.next().port(), "the guest goes on");
            }
        }
    }

    @Test
    @DisplayName("TLFS 'Virtual Interrupt Controller': EOI through the APIC access MSRs lets the next interrupt in")
    void endsInterruptsThroughTheApic() {
        Code handler = new Code()
                .outAl(VECTOR)
                .movEcx(MSR_EOI)
                .movEax(0)
                .movEdx(0)
                .wrmsr()
                .iretq();
        try (TestVm vm = new TestVm(1)) {
            LocalApic apic = vm.vm.apic(0).orElseThrow();
            vm.partition.write = (msr, value) -> apic.eoi();
            vm.boot64(haltsForEver(), handler);
            vm.next();
            for (int i = 0; i < 5; i++) {
                vm.vm.interrupt(0, VECTOR);
                assertEquals(VECTOR, vm.next().port());
            }
        }
    }

    /**
     * The guest reads an MSR, at which the host puts {@code inService} into the APIC's ISR and ends interrupts by the
     * EOI MSR.
     */
    private static List<Integer> endedWith(boolean x2, int ends, int... inService) {
        Code code = apicOn();
        if (x2) {
            code.movEcx(0x1B).rdmsr().raw(0x0D, 0, 0x0C, 0, 0).wrmsr(); // or eax, EN | EXTD
        }
        List<Integer> told = new ArrayList<>();
        try (TestVm vm = new TestVm(1)) {
            LocalApic apic = vm.vm.apic(0).orElseThrow();
            vm.partition.end = (vp, vector) -> told.add(vector);
            vm.partition.read = msr -> {
                serve(((VcpuThread) Thread.currentThread()).vcpu(), inService);
                for (int i = 0; i < ends; i++) {
                    apic.eoi();
                }
                return 0;
            };
            vm.boot64(code.movEcx(MSR_EOI).rdmsr().outAl(0x11).halt());
            assertEquals(0x10, vm.next().port());
            assertEquals(0x11, vm.next().port());
        }
        return told;
    }

    private static void serve(Vcpu vcpu, int... vectors) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment registers = arena.allocate(0x400, 8);
            vcpu.fetch(Ioctl.KVM_GET_LAPIC, registers);
            for (int vector : vectors) {
                long word = 0x100 + 0x10L * (vector >>> 5);
                int bits = registers.get(ValueLayout.JAVA_INT, word);
                registers.set(ValueLayout.JAVA_INT, word, bits | 1 << vector);
            }
            vcpu.fetch(Ioctl.KVM_SET_LAPIC, registers);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @DisplayName(
            "KVM 'EOI of a SINT's vector': an EOI by MSR tells what was in service, the highest first, in xAPIC and x2APIC mode")
    void tellsOfTheEnd(boolean x2) {
        assertEquals(List.of(0xFE, 0x50), endedWith(x2, 2, 0x50, 0xFE));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @DisplayName("An EOI with nothing in service, as behind an interrupt without EOI, tells nothing")
    void tellsNothingOfNothing(boolean x2) {
        assertEquals(List.of(), endedWith(x2, 1));
        assertEquals(List.of(0x31), endedWith(x2, 3, 0x31));
    }

    @Test
    @DisplayName("TLFS 'Virtual Interrupt Controller': ICR sends to self by shorthand, TPR reads what was written")
    void sendsAndSetsPriorityThroughTheApic() {
        Code code = apicOn().sti().movEcx(0x4000_0071).rdmsr();
        int top = code.size();
        code.hlt().jumpTo(top);
        try (TestVm vm = new TestVm(1)) {
            LocalApic apic = vm.vm.apic(0).orElseThrow();
            int[] priority = new int[1];
            vm.partition.read = msr -> {
                apic.tpr(0x40);
                priority[0] = apic.tpr();
                apic.icr(0x4_0000 | VECTOR);
                return apic.icr();
            };
            vm.boot64(code, withoutEoi());
            vm.next();
            assertEquals(VECTOR, vm.next().port());
            assertEquals(0x40, priority[0]);
        }
    }

    @Test
    @DisplayName("TLFS 'VP Runtime': the VP's processor time never goes back")
    void tellsProcessorTime() {
        Code code = new Code();
        int top = code.size();
        code.movEcx(0x4000_0010).rdmsr().jumpTo(top);
        try (TestVm vm = new TestVm(1)) {
            long[] times = new long[3];
            int[] reads = new int[1];
            vm.partition.read = msr -> {
                if (reads[0] < times.length) {
                    times[reads[0]++] = vm.vm.vpRunTime100ns(0);
                    vm.outs.add(new TestVm.Out(0, 0, 0));
                }
                return 0;
            };
            vm.boot64(code);
            for (int i = 0; i < times.length; i++) {
                vm.next();
            }
            assertTrue(times[0] > 0 && times[0] <= times[1] && times[1] <= times[2]);
        }
    }
}
