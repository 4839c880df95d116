package hv.kvm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.api.StateException;
import hv.api.machine.BootState;
import hv.kvm.abi.HostTsc;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("A saved VM goes on in another one as if nothing had been")
class SaveTest {
    private static final int VECTOR = 0x50;
    /** More than a VM does while it is moved 40 times. */
    private static final int ROUNDS = 12_000;

    /** Enables the APIC; EBX is left at its base. */
    private static Code apicOn() {
        return apicWrite(new Code().raw(TestVm.LIDT).movEbx(0xFEE0_0000), 0xF0, 0x1FF);
    }

    /** {@code mov dword [ebx + register], value}. */
    private static Code apicWrite(Code code, int register, int value) {
        return code.raw(0xC7, 0x83).raw(register, register >> 8, 0, 0).raw(value, value >> 8, value >> 16, value >> 24);
    }

    /** Tells port {@code 0x10}, then polls port 0x30 until it reads positive. */
    private static Code waitForInput(Code code) {
        code.outAl(0x10);
        int top = code.size();
        return code.inEax(0x30).raw(0x85, 0xC0).raw(0x78, top - (code.size() + 2)); // test eax, eax; js top
    }

    private static Code handler() {
        return apicWrite(new Code().outAl(VECTOR), 0xB0, 0).iretq();
    }

    /** Boots a VM that is paused in front of its first instruction. */
    private static TestVm fresh(int vps, Code code, Code handler) {
        TestVm vm = new TestVm(vps);
        vm.vm.pause();
        return vm.boot64(code, handler);
    }

    /** {@code saved} in a VM of its own. */
    private static TestVm goOn(Saved saved, int vps) throws StateException {
        TestVm vm = fresh(vps, new Code().halt(), new Code().halt());
        saved.goOn(vm);
        return vm;
    }

    /**
     * Counts in EDI, sums MSR reads in R8 and port reads in R9, counts in XMM7 by way of memory; tells every sum each
     * time. Of SSE, a KVM without hardware knows no more than moves.
     */
    private static Code counting(int rounds) {
        Code code = new Code()
                .raw(0x4D, 0x31, 0xC0) // xor r8, r8
                .raw(0x4D, 0x31, 0xC9) // xor r9, r9
                .movEdi(rounds)
                .raw(0x0F, 0x10, 0x3C, 0x25, 0, 7, 0, 0); // movups xmm7, [0x700]
        int top = code.size();
        return code.movEcx(0x4000_0002)
                .rdmsr()
                .raw(0x49, 0x01, 0xC0) // add r8, rax
                .wrmsr()
                .inEax(0x30)
                .raw(0x49, 0x01, 0xC1) // add r9, rax
                .raw(0x0F, 0x11, 0x3C, 0x25, 0, 7, 0, 0) // movups [0x700], xmm7
                .raw(0x01, 0x3C, 0x25, 0, 7, 0, 0) // add [0x700], edi
                .raw(0x01, 0x3C, 0x25, 12, 7, 0, 0) // add [0x70c], edi
                .raw(0x0F, 0x10, 0x3C, 0x25, 0, 7, 0, 0) // movups xmm7, [0x700]
                .store(0x700, 0)
                .raw(0x44, 0x89, 0xC0)
                .outEax(0x10) // mov eax, r8d
                .raw(0x44, 0x89, 0xC8)
                .outEax(0x11) // mov eax, r9d
                .raw(0x0F, 0x11, 0x3C, 0x25, 0, 7, 0, 0) // movups [0x700], xmm7
                .raw(0x8B, 0x04, 0x25, 0, 7, 0, 0)
                .outEax(0x12) // mov eax, [0x700]
                .raw(0x8B, 0x04, 0x25, 12, 7, 0, 0)
                .outEax(0x13) // mov eax, [0x70c]
                .raw(0xFF, 0xCF) // dec edi
                .raw(0x74, 0x05)
                .jumpTo(top)
                .outAl(0x15)
                .halt();
    }

    private static void answers(TestVm vm) {
        vm.partition.read = msr -> 7;
        vm.partition.write = (msr, value) -> {};
        vm.input = 5;
    }

    private static List<TestVm.Out> toTheEnd(TestVm vm) {
        List<TestVm.Out> outs = new ArrayList<>();
        while (outs.isEmpty() || outs.getLast().port() != 0x15) {
            outs.add(vm.next());
        }
        return outs;
    }

    @Test
    @DisplayName(
            "Registers, XMM registers, memory and accesses that are under way: 40 moves at any point of a run change nothing of what it says")
    void anyPoint() throws Exception {
        List<TestVm.Out> expected;
        try (TestVm vm = new TestVm(1)) {
            answers(vm);
            expected = toTheEnd(vm.boot64(counting(ROUNDS)));
        }
        List<TestVm.Out> said = new ArrayList<>();
        TestVm vm = new TestVm(1);
        answers(vm);
        vm.boot64(counting(ROUNDS));
        for (int move = 0; move < 40; move++) {
            for (int i = 0; i < 1 + move % 7; i++) {
                said.add(vm.next());
            }
            Saved saved = Saved.of(vm);
            said.addAll(vm.outs);
            vm.close();
            vm = fresh(1, new Code().halt(), new Code().halt());
            answers(vm);
            saved.goOn(vm);
        }
        said.addAll(toTheEnd(vm));
        vm.close();
        assertEquals(expected, said);
    }

    @Test
    @DisplayName("In place: what ran after the save is undone, and runs again")
    void inPlace() throws Exception {
        try (TestVm vm = new TestVm(1)) {
            answers(vm);
            vm.boot64(counting(1000));
            vm.next();
            Saved saved = Saved.of(vm);
            vm.outs.clear();
            vm.vm.resume();
            List<TestVm.Out> first = toTheEnd(vm);
            for (int i = 0; i < 3; i++) {
                vm.vm.pause();
                saved.goOn(vm);
                assertEquals(first, toTheEnd(vm));
            }
        }
    }

    @Test
    @DisplayName("An interrupt in the APIC's request register waits on until the guest enables interrupts")
    void pendingInterrupt() throws Exception {
        Code code = waitForInput(apicOn().cli()).sti().spin();
        try (TestVm vm = new TestVm(1).boot64(code, handler())) {
            vm.next();
            vm.vm.interrupt(0, VECTOR);
            try (TestVm other = goOn(Saved.of(vm), 1)) {
                assertTrue(other.outs.isEmpty());
                other.input = 1;
                assertEquals(VECTOR, other.next().port());
            }
        }
    }

    @Test
    @DisplayName("So does an interrupt without EOI, which is in no APIC")
    void pendingAutoEoi() throws Exception {
        Code code = waitForInput(apicOn().cli()).sti().spin();
        try (TestVm vm = new TestVm(1).boot64(code, new Code().outAl(VECTOR).iretq())) {
            vm.next();
            vm.vm.interruptAutoEoi(0, VECTOR);
            try (TestVm other = goOn(Saved.of(vm), 1)) {
                assertTrue(other.outs.isEmpty());
                other.input = 1;
                assertEquals(VECTOR, other.next().port());
            }
        }
    }

    @Test
    @DisplayName("A halted VP stays halted, and an interrupt wakes it")
    void halted() throws Exception {
        Code code = apicOn().outAl(0x10).sti();
        int top = code.size();
        code.hlt().outAl(0x11).jumpTo(top);
        try (TestVm vm = new TestVm(1).boot64(code, handler())) {
            vm.next();
            try (TestVm other = goOn(Saved.of(vm), 1)) {
                other.vm.interrupt(0, VECTOR);
                assertEquals(VECTOR, other.next().port());
                assertEquals(0x11, other.next().port());
            }
        }
    }

    @Test
    @DisplayName("A VP that has not been started waits for INIT and SIPI there too")
    void waitsForSipi() throws Exception {
        Code code = waitForInput(apicOn());
        apicWrite(code, 0x300, 0xC_4500);
        apicWrite(code, 0x300, 0xC_4600 | TestVm.TRAMPOLINE >> 12);
        try (TestVm vm = new TestVm(2).boot64(code.halt())) {
            vm.put(TestVm.TRAMPOLINE, new Code().outAl(0x22).halt());
            vm.next();
            try (TestVm other = goOn(Saved.of(vm), 2)) {
                other.input = 1;
                assertEquals(0x22, other.next().port());
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @DisplayName("The APIC's timer goes on: one-shot by its count, TSC-deadline by the guest's counter")
    void timer(boolean deadline) throws Exception {
        Code code = apicOn();
        if (deadline) {
            apicWrite(code, 0x320, 1 << 18 | VECTOR);
            code.movEcx(0x6E0)
                    .rdtsc()
                    .raw(0x05, 0, 0, 0, 0x20) // add eax, 0x20000000: some 200 ms
                    .raw(0x83, 0xD2, 0) // adc edx, 0
                    .wrmsr();
        } else {
            apicWrite(code, 0x3E0, 0xB); // by 1
            apicWrite(code, 0x320, VECTOR);
            apicWrite(code, 0x380, 200_000_000);
        }
        code.outAl(0x10).sti();
        int top = code.size();
        code.hlt().jumpTo(top);
        try (TestVm vm = new TestVm(1).boot64(code, handler())) {
            vm.next();
            Saved saved = Saved.of(vm);
            assertTrue(vm.outs.isEmpty(), "the timer has not expired yet");
            try (TestVm other = goOn(saved, 1)) {
                assertEquals(VECTOR, other.next().port());
            }
        }
    }

    @Test
    @DisplayName(
            "The guest's TSC goes on from where it was, or with the host's where KVM cannot set it; it is the same on every VP and what guestTsc() says")
    void counter() throws Exception {
        Code code = new Code().movEcx(0x4000_0002);
        int top = code.size();
        code.rdtsc().wrmsr().jumpTo(top);
        Saved saved;
        long savedAt;
        long[] last = new long[2];
        try (TestVm vm = new TestVm(2)) {
            vm.partition.write = (msr, value) -> last[vm.vm.currentVp()] = value;
            bootBoth(vm, code);
            saved = Saved.of(vm);
            savedAt = saved.state().sections().stream()
                    .filter(section -> section.id().equals("tsc"))
                    .findFirst()
                    .orElseThrow()
                    .values()
                    .get("IA32_TIME_STAMP_COUNTER");
            long now = vm.vm.guestTsc();
            assertTrue(savedAt <= now);
        }
        try (TestVm vm = new TestVm(2)) {
            BlockingQueue<Long> wrong = new LinkedBlockingQueue<>();
            BlockingQueue<Integer> seen = new LinkedBlockingQueue<>();
            // A VP may have been stopped between its RDTSC and its WRMSR: what it writes first is older than the
            // snapshot.
            vm.partition.write = (msr, value) -> {
                int vp = vm.vm.currentVp();
                long now = vm.vm.guestTsc();
                if (value < last[vp] || value > now) {
                    wrong.add(value);
                }
                last[vp] = now;
                seen.add(vp);
            };
            vm.vm.pause();
            bootBoth(vm, code);
            long before = HostTsc.read();
            saved.goOn(vm);
            long now = vm.vm.guestTsc();
            assertTrue(savedAt <= now);
            if (Saved.isTscMovable()) {
                assertTrue(now - savedAt <= HostTsc.read() - before, "no jump");
            }
            boolean[] ran = new boolean[2];
            while (!(ran[0] && ran[1])) {
                ran[seen.poll(30, TimeUnit.SECONDS)] = true;
            }
            assertEquals(List.of(), List.copyOf(wrong));
        }
    }

    private static void bootBoth(TestVm vm, Code code) {
        vm.vm.boot(vm.partition, vp -> BootState.protectedMode(TestVm.CODE), () -> vm.put(TestVm.CODE, code));
    }

    @Test
    @DisplayName("A VP that has shut down is still shut down; a reset revives it")
    void shutDown() throws Exception {
        Code code = new Code()
                .outAl(0x10)
                .raw(0x0F, 0x01, 0x1C, 0x25, 0, 0x60, 1, 0)
                .raw(0x0F, 0x0B);
        try (TestVm vm = new TestVm(1).boot64(code)) {
            vm.next();
            vm.nextEvent();
            try (TestVm other = goOn(Saved.of(vm), 1)) {
                other.vm.interrupt(0, VECTOR);
                assertTrue(other.outs.isEmpty() && other.events.isEmpty());
                other.put(TestVm.CODE, code);
                other.vm.reset();
            }
            vm.vm.resume();
            vm.vm.reset();
            assertEquals(0x10, vm.next().port());
        }
    }

    @Test
    @DisplayName("Only a paused VM that has booted can be saved or restored")
    void onlyWhilePaused() throws Exception {
        try (TestVm vm = new TestVm(1)) {
            assertThrows(IllegalStateException.class, vm.vm::save);
            vm.boot64(new Code().outAl(0x10).spin());
            vm.next();
            assertThrows(IllegalStateException.class, vm.vm::save);
            Saved saved = Saved.of(vm);
            vm.vm.resume();
            assertThrows(IllegalStateException.class, () -> vm.vm.restore(saved.state()));
            vm.vm.pause();
            vm.vm.stop();
            assertThrows(IllegalStateException.class, vm.vm::save);
        }
    }
}
