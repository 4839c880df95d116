package hv.kvm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.kvm.abi.Msr;
import hv.kvm.abi.Vcpu;
import hv.kvm.vcpu.GuestTsc;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class GuestTscTest {
    @Test
    @DisplayName(
            "RDTSC in the guest, guestTsc() at an exit, RDTSC again: never out of order, to the tick (rule of TIME_REF_COUNT)")
    void guestAndHostAgree() {
        int rounds = 2000;
        try (TestVm vm = new TestVm(1)) {
            vm.partition.read = msr -> vm.vm.guestTsc();
            order(vm, rounds);
        }
    }

    @Test
    @DisplayName("The same holds where KVM must be asked each time")
    void askedWayAgrees() {
        try (TestVm vm = new TestVm(1)) {
            GuestTsc.Asked asked = new GuestTsc.Asked(List.of(), 0);
            vm.partition.read = msr -> asked.now();
            order(vm, 500);
        }
    }

    /**
     * The guest: rdtsc -> r8; rdmsr -> r9; rdtsc -> r10; faults are counted in r11; reports r11 after {@code rounds}.
     */
    private static void order(TestVm vm, int rounds) {
        Code code = new Code().raw(0x45, 0x31, 0xDB).movEsi(rounds); // xor r11d, r11d
        int top = code.size();
        code.rdtsc()
                .raw(0x48, 0xC1, 0xE2, 0x20, 0x48, 0x09, 0xD0, 0x49, 0x89, 0xC0); // shl rdx,32; or rax,rdx; mov r8,rax
        code.movEcx(0x4000_0020).rdmsr().raw(0x48, 0xC1, 0xE2, 0x20, 0x48, 0x09, 0xD0, 0x49, 0x89, 0xC1); // mov r9,rax
        code.rdtsc().raw(0x48, 0xC1, 0xE2, 0x20, 0x48, 0x09, 0xD0, 0x49, 0x89, 0xC2); // mov r10,rax
        code.raw(0x4D, 0x39, 0xC8, 0x76, 0x03, 0x41, 0xFF, 0xC3); // cmp r8,r9; jbe +3; inc r11d
        code.raw(0x4D, 0x39, 0xD1, 0x76, 0x03, 0x41, 0xFF, 0xC3); // cmp r9,r10; jbe +3; inc r11d
        code.raw(0xFF, 0xCE).raw(0x74, 0x05).jumpTo(top); // dec esi; jz +5; jmp top
        vm.boot64(code.raw(0x44, 0x89, 0xD8).outEax(0x10).halt()); // mov eax, r11d
        assertEquals(new TestVm.Out(0x10, 4, 0), vm.next());
    }

    @Test
    @DisplayName("Every VP has the TSC of VP 0, and the computed counter lies between two readings of each vCPU's own")
    void sameOnEveryVp() {
        try (VmResources resources = resources(4)) {
            for (Vcpu vcpu : List.copyOf(resources.vcpus)) {
                long before = resources.tsc.now();
                long own = vcpu.msr(Msr.IA32_TIME_STAMP_COUNTER);
                long after = resources.tsc.now();
                assertTrue(before <= own && own <= after, "VP " + vcpu.index());
            }
        }
    }

    private static VmResources resources(int vps) {
        TestVm.assumeKvm();
        return new VmResources(VmSpec.of(1 << 20, vps), (vp, vector) -> {});
    }
}
