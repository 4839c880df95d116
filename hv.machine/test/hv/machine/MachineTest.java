package hv.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import hv.api.CrashReport;
import hv.api.PowerEvent;
import hv.api.host.ConfigurationException;
import hv.kvm.Kvm;
import hv.machine.MachineResult.End;
import hv.machine.boot.ImageException;
import hv.machine.boot.TestImages;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class MachineTest {
    private static final int[] EXIT_0 = {0x31, 0xC0, 0xE7, 0xF4, 0xF4}; // xor eax,eax; out 0xF4,eax; hlt
    private static final int[] WRITE_RESET = {0xB9, 3, 0, 0, 0x40, 0x0F, 0x30}; // mov ecx,0x40000003; wrmsr

    private final ByteArrayOutputStream serial = new ByteArrayOutputStream();
    private final FakeHypervisor hypervisor = new FakeHypervisor(PowerEvent.Reset::new);

    @BeforeEach
    void needsKvm() {
        Kvm.whyUnusable().ifPresent(reason -> assumeTrue(false, "needs KVM: " + reason));
    }

    private static byte[] code(int[]... parts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (int[] part : parts) {
            for (int value : part) {
                out.write(value);
            }
        }
        return out.toByteArray();
    }

    /** {@code mov dx,0x3F8}, then {@code mov al,c; out dx,al} for each character. */
    private static int[] print(String text) {
        int[] code = new int[4 + 3 * text.length()];
        code[0] = 0x66;
        code[1] = 0xBA;
        code[2] = 0xF8;
        code[3] = 0x03;
        for (int i = 0; i < text.length(); i++) {
            code[4 + 3 * i] = 0xB0;
            code[5 + 3 * i] = text.charAt(i);
            code[6 + 3 * i] = 0xEE;
        }
        return code;
    }

    private MachineResult run(byte[] image, String commandLine, int vps, CrashAction onCrash) throws Exception {
        return Machine.run(hypervisor, spec(image, commandLine, vps, onCrash));
    }

    private MachineSpec spec(byte[] image, String commandLine, int vps, CrashAction onCrash) {
        return new MachineSpec(
                "hv-reset", vps, 32 * TestImages.MIB, image, "test", new byte[0], commandLine, serial, onCrash);
    }

    private MachineResult run(byte[] image) throws Exception {
        return run(image, "", 1, CrashAction.CONTINUE);
    }

    private String output() {
        return serial.toString(StandardCharsets.US_ASCII);
    }

    @Test
    @DisplayName(
            "A Multiboot kernel prints on the serial port and exits with its code; the machine closes the partition")
    void multiboot() throws Exception {
        int[] exit7 = {0xB8, 7, 0, 0, 0, 0xE7, 0xF4, 0xF4};
        MachineResult result = run(TestImages.multiboot(code(print("hello\n"), exit7), 0));
        assertEquals(new MachineResult(End.EXITED, 7, 0, "guest exited with code 7"), result);
        assertFalse(result.isSuccess());
        assertEquals("hello\n", output());
        assertEquals(1, hypervisor.closed);
    }

    @Test
    @DisplayName("A flat payload runs in 64-bit mode, finds its command line by RDI, and succeeds with code 0")
    void flatPayload() throws Exception {
        // mov rsi,[rdi+32]; mov dx,0x3F8; loop: lodsb; test al,al; jz +3; out dx,al; jmp loop
        int[] echo = {0x48, 0x8B, 0x77, 0x20, 0x66, 0xBA, 0xF8, 0x03, 0xAC, 0x84, 0xC0, 0x74, 0x03, 0xEE, 0xEB, 0xF8};
        MachineResult result = run(TestImages.flat(code(echo, EXIT_0)), "from RDI", 1, CrashAction.CONTINUE);
        assertTrue(result.isSuccess(), result.toString());
        assertEquals("from RDI", output());
    }

    @Test
    @DisplayName("INIT and SIPI bring up the second processor, which ends the run")
    void secondProcessor() throws Exception {
        // 16-bit code for page 8, copied there by the payload: xor eax,eax; out 0xF4,eax; hlt
        int[] trampoline = {0x66, 0x31, 0xC0, 0x66, 0xE7, 0xF4, 0xF4, 0x90};
        int[] start = {
            0x48,
            0xB8,
            trampoline[0],
            trampoline[1],
            trampoline[2],
            trampoline[3], // mov rax, trampoline
            trampoline[4],
            trampoline[5],
            trampoline[6],
            trampoline[7],
            0x48,
            0x89,
            0x04,
            0x25,
            0x00,
            0x80,
            0x00,
            0x00, // mov [0x8000], rax
            0xBB,
            0x00,
            0x00,
            0xE0,
            0xFE, // mov ebx, 0xFEE00000
            0xC7,
            0x83,
            0xF0,
            0x00,
            0x00,
            0x00,
            0xFF,
            0x01,
            0x00,
            0x00, // spurious vector: APIC on
            0xC7,
            0x83,
            0x00,
            0x03,
            0x00,
            0x00,
            0x00,
            0x45,
            0x0C,
            0x00, // ICR: INIT, all but self
            0xC7,
            0x83,
            0x00,
            0x03,
            0x00,
            0x00,
            0x08,
            0x46,
            0x0C,
            0x00, // ICR: SIPI page 8, all but self
            0xF4,
            0xEB,
            0xFD // hlt
        };
        assertTrue(
                run(TestImages.flat(code(start)), "", 2, CrashAction.CONTINUE).isSuccess());
    }

    @Test
    @DisplayName("The RESET path: the image boots anew, memory is zero again, until it is a reset loop")
    void resetLoop() throws Exception {
        MachineResult result = run(TestImages.multiboot(code(print("+"), WRITE_RESET, print("-"), EXIT_0), 0));
        assertEquals(End.RESET_LOOP, result.end());
        assertEquals(ResetLimit.MOST, result.resets());
        assertEquals("+".repeat(ResetLimit.MOST + 1), output(), "nothing runs behind the write that resets");
    }

    @Test
    @DisplayName("Port 0x64 and port 0xCF9 reset too")
    void resetByPort() throws Exception {
        int[] byKeyboard = {0xB0, 0xFE, 0xE6, 0x64};
        assertEquals(
                End.RESET_LOOP,
                run(TestImages.multiboot(code(byKeyboard, EXIT_0), 0)).end());
        int[] byChipset = {0x66, 0xBA, 0xF9, 0x0C, 0xB0, 0x06, 0xEE};
        assertEquals(
                End.RESET_LOOP,
                run(TestImages.multiboot(code(byChipset, EXIT_0), 0)).end());
    }

    @ParameterizedTest
    @EnumSource(CrashAction.class)
    @DisplayName("A reported crash: the guest goes on, is stopped, or is reset, as the spec says")
    void crash(CrashAction action) throws Exception {
        FakeHypervisor crashing = new FakeHypervisor(
                vp -> new PowerEvent.Crash(new CrashReport(1, vp, 0xDEAD, 0, 0, 0, 0, Instant.EPOCH)));
        byte[] image = TestImages.multiboot(code(WRITE_RESET, EXIT_0), 0);
        MachineResult result = Machine.run(crashing, spec(image, "", 1, action));
        assertEquals(
                switch (action) {
                    case CONTINUE -> End.EXITED;
                    case STOP -> End.CRASHED;
                    case RESET -> End.RESET_LOOP;
                },
                result.end());
        if (action == CrashAction.STOP) {
            assertEquals("guest crashed (0xdead 0x0 0x0 0x0 0x0)", result.line());
        }
    }

    @Test
    @DisplayName("A triple fault resets the machine, as the chipset of a PC does, until that goes on and on")
    void tripleFault() throws Exception {
        // lidt with limit 0 from zeroed memory, then ud2
        int[] fault = {0x0F, 0x01, 0x1D, 0, 0x60, 0, 0, 0x0F, 0x0B};
        MachineResult result = run(TestImages.multiboot(code(print("+"), fault), 0));
        assertEquals(End.SHUTDOWN, result.end());
        assertEquals(ResetLimit.MOST, result.resets());
        assertEquals(
                "VP 0 shut down (triple fault), and so on after " + ResetLimit.MOST + " resets within a minute",
                result.line());
        assertEquals("+".repeat(ResetLimit.MOST + 1), output());
    }

    @Test
    @DisplayName("A running machine can be paused, resumed, reset and stopped from another thread")
    void control() throws Exception {
        CountDownLatch started = new CountDownLatch(1);
        CountDownLatch again = new CountDownLatch(2);
        MachineSpec spec = new MachineSpec(
                "hv-reset",
                1,
                16 * TestImages.MIB,
                TestImages.multiboot(code(print("."), new int[] {0xEB, 0xFE}), 0),
                "test",
                new byte[0],
                "",
                new java.io.OutputStream() {
                    @Override
                    public void write(int b) {
                        started.countDown();
                        again.countDown();
                    }
                },
                CrashAction.CONTINUE);
        try (Machine machine = Machine.start(hypervisor, spec)) {
            started.await();
            assertTrue(machine.isRunning());
            machine.pause();
            machine.resume();
            machine.reset();
            again.await();
            assertEquals(1, machine.partition().vpCount());
            machine.stop();
            assertEquals(End.STOPPED, machine.await().end());
        }
    }

    @Test
    @DisplayName("Flags that are refused and images that are bad start nothing")
    void refused() {
        hypervisor.refuses = true;
        byte[] image = TestImages.multiboot(code(EXIT_0), 0);
        assertThrows(ConfigurationException.class, () -> run(image));
        assertThrows(ImageException.class, () -> run(new byte[10]));
    }

    @Test
    @DisplayName("64 VPs: the machine starts and ends with all of them")
    void manyProcessors() throws Exception {
        assertTrue(run(TestImages.multiboot(code(EXIT_0), 0), "", 64, CrashAction.CONTINUE)
                .isSuccess());
    }
}
