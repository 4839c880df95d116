package hv.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import hv.api.PowerEvent;
import hv.kvm.Kvm;
import hv.machine.boot.LinuxFiles;
import hv.machine.boot.TestImages;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Kernels of a few instructions on KVM. */
class LinuxMachineTest {
    /**
     * Looks for "HdrS" in the zero page and for its selectors, loads them again from the GDT, prints the command line,
     * and exits with code 0; with code 1 if anything is wrong.
     */
    private static final byte[] KERNEL = HexFormat.of()
            .parseHex(String.join(
                    "",
                    "81be0202000048647253", // cmp dword [rsi+0x202], "HdrS"
                    "752b", // jne fail
                    "8cc8" + "3c10" + "7525", // mov eax,cs; cmp al,0x10; jne fail
                    "8cd8" + "3c18" + "751f", // mov eax,ds; cmp al,0x18; jne fail
                    "b818000000" + "8ed8", // mov eax,0x18; mov ds,eax
                    "8bb628020000", // mov esi,[rsi+0x228]
                    "66baf803", // mov dx,0x3F8
                    "ac" + "84c0" + "7403" + "ee" + "ebf8", // loop: lodsb; test al,al; jz +3; out dx,al; jmp loop
                    "31c0" + "e7f4" + "f4", // xor eax,eax; out 0xF4,eax; hlt
                    "90",
                    "b801000000" + "e7f4" + "f4")); // fail: mov eax,1; out 0xF4,eax; hlt

    private final ByteArrayOutputStream serial = new ByteArrayOutputStream();
    private final FakeHypervisor hypervisor = new FakeHypervisor(PowerEvent.Reset::new);

    @BeforeEach
    void needsKvm() {
        Kvm.whyUnusable().ifPresent(reason -> assumeTrue(false, "needs KVM: " + reason));
    }

    private void boots(byte[] image) throws Exception {
        MachineSpec spec = TestImages.spec(image, new byte[3], "console=ttyS0", serial);
        assertEquals("guest exited with code 0", Machine.run(hypervisor, spec).line());
        assertEquals("console=ttyS0", serial.toString(StandardCharsets.US_ASCII));
    }

    @Test
    @DisplayName("A vmlinux runs at its entry point in the state of the 64-bit boot protocol")
    void vmlinux() throws Exception {
        boots(LinuxFiles.vmlinux(KERNEL, 0x2000));
    }

    @Test
    @DisplayName("A bzImage whose kernel is compressed by LZ4 or gzip runs unpacked")
    void packed() throws Exception {
        byte[] trap = {(byte) 0xF4};
        boots(LinuxFiles.bzImage(trap, LinuxFiles.lz4(LinuxFiles.vmlinux(KERNEL, 0x2000))));
        serial.reset();
        boots(LinuxFiles.bzImage(trap, LinuxFiles.gzip(LinuxFiles.vmlinux(KERNEL, 0x2000))));
    }

    @Test
    @DisplayName("A bzImage whose compression is unknown runs from its 64-bit entry point")
    void selfUnpacking() throws Exception {
        boots(LinuxFiles.bzImage(KERNEL, new byte[] {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13}));
    }
}
