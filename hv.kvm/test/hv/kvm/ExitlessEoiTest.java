package hv.kvm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.api.LocalApic;
import hv.kvm.abi.Handle;
import hv.kvm.cpuid.CpuidEntry;
import hv.kvm.probe.ExitlessEoi;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class ExitlessEoiTest {
    private static final int WORD = 0x3_0000;
    private static final int VECTOR = 0x50;

    @Test
    @DisplayName("KVM_FEATURE_PV_EOI: a kernel that does not announce it is not asked")
    void notAnnounced() {
        assertFalse(
                ExitlessEoi.isProven(new Handle(-1, "no device"), List.of(CpuidEntry.of(0x4000_0001, ~0x40, 0, 0, 0))));
    }

    @Test
    @DisplayName("A kernel with which the probe cannot be done has not proven anything, and that is not an error")
    void notPossible() {
        assertFalse(
                ExitlessEoi.isProven(new Handle(-1, "no device"), List.of(CpuidEntry.of(0x4000_0001, 0x40, 0, 0, 0))));
    }

    @Test
    @DisplayName("The probe says what a guest finds: bit 0 of its word in the handler of an interrupt, or never")
    void agreesWithAGuest() {
        Code code = new Code()
                .raw(TestVm.LIDT)
                .movEbx(0xFEE0_0000)
                .raw(0xC7, 0x83, 0xF0, 0, 0, 0, 0xFF, 1, 0, 0)
                .movEcx(0x4000_0073)
                .wrmsr()
                .sti()
                .spin();
        Code handler =
                new Code().raw(0x8B, 0x04, 0x25, 0, 0, 3, 0).outEax(VECTOR).halt(); // mov eax, [0x30000]
        try (TestVm vm = new TestVm(1)) {
            boolean proven = vm.vm.facts().exitlessEoi();
            LocalApic apic = vm.vm.apic(0).orElseThrow();
            boolean[] taken = new boolean[1];
            vm.partition.write = (msr, value) -> {
                taken[0] = apic.exitlessEoi(WORD);
                vm.vm.interrupt(0, VECTOR);
            };
            vm.boot64(code, handler);
            assertEquals(new TestVm.Out(VECTOR, 4, proven ? 1 : 0), vm.next());
            assertEquals(proven, taken[0], "what is not proven is not switched on");
        }
    }

    @Test
    @DisplayName("Facts are the same each time: of the host, of a VM, of the next VM")
    void isSteady() {
        TestVm.assumeKvm();
        boolean proven = Kvm.facts().exitlessEoi();
        for (int i = 0; i < 3; i++) {
            try (TestVm vm = new TestVm(1)) {
                assertTrue(vm.vm.facts().apicAccess());
                assertEquals(proven, vm.vm.facts().exitlessEoi());
            }
        }
    }
}
