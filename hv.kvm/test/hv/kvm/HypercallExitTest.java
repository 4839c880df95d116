package hv.kvm;

import static org.junit.jupiter.api.Assertions.assertEquals;

import hv.api.CpuRegisters;
import hv.api.GuestFault;
import hv.api.machine.BootState;
import hv.kvm.vcpu.Exits;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class HypercallExitTest {
    @Test
    @DisplayName(
            "64-bit call of the hypercall page: RCX, RDX, R8 go in, RAX comes out, the caller goes on (TLFS Hypercall Interface)")
    void longModeCall() {
        List<String> calls = new CopyOnWriteArrayList<>();
        try (TestVm vm = new TestVm(1)) {
            vm.partition.call = r -> {
                calls.add("%s cpl=%d rcx=%x rdx=%x r8=%x".formatted(r.mode(), r.cpl(), r.rcx(), r.rdx(), r.r8()));
                r.rax(0x7_0000_0002L);
            };
            vm.boot64(new Code()
                    .raw(0x48, 0xB9, 0xCD, 0xAB, 0x78, 0x56, 0x34, 0x12, 0x01, 0x00) // mov rcx, 0x112345678ABCD
                    .movEdx(0x1111)
                    .movR8d(0x2222)
                    .call(TestVm.HYPERCALL_PAGE)
                    .outEax(0x10)
                    .raw(0x48, 0xC1, 0xE8, 0x20) // shr rax, 32
                    .outEax(0x11)
                    .halt());
            assertEquals(new TestVm.Out(0x10, 4, 2), vm.next());
            assertEquals(new TestVm.Out(0x11, 4, 7), vm.next());
            assertEquals(List.of("LONG cpl=0 rcx=112345678abcd rdx=1111 r8=2222"), calls);
        }
    }

    @Test
    @DisplayName(
            "32-bit call of the same page: EDX:EAX, EBX:ECX, EDI:ESI go in, EDX:EAX comes out (TLFS Hypercall Interface)")
    void protectedModeCall() {
        List<String> calls = new CopyOnWriteArrayList<>();
        try (TestVm vm = new TestVm(1)) {
            vm.partition.call = r -> {
                calls.add("%s cpl=%d %x:%x %x:%x %x:%x"
                        .formatted(r.mode(), r.cpl(), r.rdx(), r.rax(), r.rbx(), r.rcx(), r.rdi(), r.rsi()));
                r.rax(0x33);
                r.rdx(0x44);
            };
            vm.boot32(new Code()
                    .movEdx(0xA)
                    .movEbx(0xC)
                    .movEcx(0xD)
                    .movEdi(0xE)
                    .movEsi(0xF)
                    .call(TestVm.HYPERCALL_PAGE)
                    .outEax(0x10)
                    .eaxFrom(2)
                    .outEax(0x11)
                    .halt());
            assertEquals(0x33, vm.next().value());
            assertEquals(0x44, vm.next().value());
            assertEquals(List.of("PROTECTED cpl=0 a:%x c:d e:f".formatted(TestVm.HYPERCALL_PAGE)), calls);
        }
    }

    @Test
    @DisplayName("A call in real mode is seen as such: no hypercalls there (TLFS Hypercall Interface)")
    void realModeIsReported() {
        List<CpuRegisters.Mode> modes = new CopyOnWriteArrayList<>();
        try (TestVm vm = new TestVm(1)) {
            vm.partition.call = r -> modes.add(r.mode());
            vm.vm.boot(
                    vm.partition,
                    BootState.real(0x1000, 0),
                    () -> vm.put(
                            0x10000,
                            new Code().outAl(Exits.HYPERCALL_PORT).outAl(0x10).halt()));
            vm.next();
            assertEquals(List.of(CpuRegisters.Mode.REAL), modes);
        }
    }

    @Test
    @DisplayName("XMM0 to XMM5 are what the guest put there (TLFS XMM Fast Hypercall Input)")
    void xmmRegisters() {
        List<Long> seen = new CopyOnWriteArrayList<>();
        try (TestVm vm = new TestVm(1)) {
            vm.partition.call = r -> {
                for (int i = 0; i < 6; i++) {
                    seen.add(r.xmmLow(i));
                    seen.add(r.xmmHigh(i));
                }
            };
            Code code = new Code();
            for (int i = 0; i < 6; i++) {
                code.store(0x500, 0x100 + i).store(0x508, 0x200 + i);
                code.raw(0x0F, 0x10, 0x04 | i << 3, 0x25, 0x00, 0x05, 0, 0); // movups xmm_i, [0x500]
            }
            vm.boot64(code.call(TestVm.HYPERCALL_PAGE).outAl(0x10).halt());
            vm.next();
            for (int i = 0; i < 6; i++) {
                assertEquals(List.of(0x100L + i, 0x200L + i), seen.subList(2 * i, 2 * i + 2));
            }
        }
    }

    @Test
    @DisplayName("A call that may not be made is #UD at the instruction in the hypercall page, as for VMCALL on KVM")
    void refusedCallIsInvalidOpcode() {
        try (TestVm vm = new TestVm(1)) {
            vm.partition.call = registers -> {
                throw GuestFault.INVALID_OPCODE;
            };
            // pop rax: RIP, because #UD has no error code.
            Code handler = new Code().raw(0x58).outEax(0x20).halt();
            vm.boot64(
                    new Code()
                            .raw(TestVm.LIDT)
                            .call(TestVm.HYPERCALL_PAGE)
                            .outAl(0x10)
                            .halt(),
                    handler);
            assertEquals(new TestVm.Out(0x20, 4, TestVm.HYPERCALL_PAGE), vm.next());
        }
    }

    @Test
    @DisplayName("A wider OUT to the hypercall port is an ordinary port access, and so is an IN")
    void otherAccessesAreNoCalls() {
        try (TestVm vm = new TestVm(1)) {
            vm.partition.call = registers -> {
                throw new IllegalStateException("must not come here");
            };
            vm.boot32(new Code()
                    .inEax(Exits.HYPERCALL_PORT)
                    .outEax(Exits.HYPERCALL_PORT)
                    .halt());
            assertEquals(new TestVm.Out(Exits.HYPERCALL_PORT, 4, -1), vm.next());
        }
    }
}
