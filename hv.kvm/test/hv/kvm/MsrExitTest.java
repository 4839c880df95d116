package hv.kvm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.api.GuestFault;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class MsrExitTest {
    @Test
    @DisplayName("RDMSR of 0x40000000-0x400001FF: EDX:EAX is what the partition answers (KVM_X86_SET_MSR_FILTER)")
    void readReachesThePartition() {
        try (TestVm vm = new TestVm(1)) {
            vm.partition.read = msr -> (long) msr << 32 | 0x1234_5678;
            Code code = new Code();
            for (int msr : new int[] {0x4000_0000, 0x4000_0020, 0x4000_01FF}) {
                code.movEcx(msr).rdmsr().outEax(0x10).eaxFrom(2).outEax(0x11);
            }
            vm.boot32(code.halt());
            for (int msr : new int[] {0x4000_0000, 0x4000_0020, 0x4000_01FF}) {
                assertEquals(new TestVm.Out(0x10, 4, 0x1234_5678), vm.next());
                assertEquals(new TestVm.Out(0x11, 4, msr), vm.next());
            }
        }
    }

    @Test
    @DisplayName("WRMSR of a synthetic MSR: the partition gets number and EDX:EAX")
    void writeReachesThePartition() {
        List<String> writes = new CopyOnWriteArrayList<>();
        try (TestVm vm = new TestVm(1)) {
            vm.partition.write = (msr, value) -> writes.add("%x=%x".formatted(msr, value));
            vm.boot32(new Code()
                    .movEcx(0x4000_0080)
                    .movEdx(0x89AB_CDEF)
                    .movEax(0x0123_4567)
                    .wrmsr()
                    .outAl(0x10)
                    .halt());
            vm.next();
            assertEquals(List.of("40000080=89abcdef01234567"), writes);
        }
    }

    @Test
    @DisplayName("A refused RDMSR is #GP with error code 0 at the instruction (kvm_run.msr.error)")
    void faultBecomesGeneralProtection() {
        try (TestVm vm = new TestVm(1)) {
            vm.partition.read = msr -> {
                throw GuestFault.GENERAL_PROTECTION;
            };
            faultReport(vm, new Code().raw(TestVm.LIDT).movEcx(0x4000_0003), new Code().rdmsr());
        }
    }

    @Test
    @DisplayName("A refused WRMSR is #GP with error code 0 at the instruction (kvm_run.msr.error)")
    void faultOfWriteBecomesGeneralProtection() {
        try (TestVm vm = new TestVm(1)) {
            faultReport(vm, new Code().raw(TestVm.LIDT).movEcx(0x4000_0003), new Code().wrmsr());
        }
    }

    private static void faultReport(TestVm vm, Code before, Code access) {
        int at = TestVm.CODE + before.size();
        // pop rax (error code); out; pop rax (rip); out
        Code handler = new Code().raw(0x58).outEax(0x20).raw(0x58).outEax(0x21).halt();
        vm.boot64(before.raw(toInts(access.bytes())).outAl(0x10).halt(), handler);
        assertEquals(new TestVm.Out(0x20, 4, 0), vm.next());
        assertEquals(new TestVm.Out(0x21, 4, at), vm.next());
    }

    private static int[] toInts(byte[] bytes) {
        int[] ints = new int[bytes.length];
        for (int i = 0; i < ints.length; i++) {
            ints[i] = bytes[i];
        }
        return ints;
    }

    @Test
    @DisplayName(
            "MSRs outside the synthetic range stay KVM's: IA32_APIC_BASE reads its reset value, unknown ones do not exit")
    void otherMsrsStayInTheKernel() {
        try (TestVm vm = new TestVm(1)) {
            vm.partition.read = msr -> {
                throw new IllegalStateException("must not come here");
            };
            vm.boot32(new Code().movEcx(0x1B).rdmsr().outEax(0x10).halt());
            assertEquals(0xFEE0_0900, vm.next().value());
        }
    }

    @Test
    @DisplayName("The guest cannot bend its TSC: writes to IA32_TIME_STAMP_COUNTER and IA32_TSC_ADJUST have no effect")
    void writesToTheCounterHaveNoEffect() {
        try (TestVm vm = new TestVm(1)) {
            long before = vm.vm.guestTsc();
            vm.boot32(new Code()
                    .movEcx(0x10)
                    .movEdx(0x7000_0000)
                    .movEax(0)
                    .wrmsr()
                    .movEcx(0x3B)
                    .wrmsr()
                    .rdtsc()
                    .outEax(0x10)
                    .eaxFrom(2)
                    .outEax(0x11)
                    .halt());
            long low = Integer.toUnsignedLong(vm.next().value());
            long tsc = (long) vm.next().value() << 32 | low;
            long after = vm.vm.guestTsc();
            assertTrue(before <= tsc && tsc <= after, before + " <= " + tsc + " <= " + after);
        }
    }
}
