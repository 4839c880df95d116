package hv.kvm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.api.machine.IoBus;
import hv.kvm.abi.Errno;
import hv.kvm.abi.KvmDevice;
import hv.kvm.error.KvmException;
import hv.kvm.probe.HostCpu;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KvmErrorsTest {
    @TempDir
    Path folder;

    @Test
    @DisplayName("No device: the line names the call, ENOENT, and how to get one")
    void missingDevice() {
        String line = Kvm.whyUnusable(folder.resolve("kvm")).orElseThrow();
        assertEquals(
                "open(%s): ENOENT: load the module kvm_intel or kvm_amd, enable virtualization in the firmware, "
                                .formatted(folder.resolve("kvm"))
                        + "or run with --backend hosted",
                line);
    }

    @Test
    @DisplayName("Forbidden device: the line names EACCES and the group to join")
    void forbiddenDevice() {
        assertEquals(
                "open(/dev/kvm): EACCES: add yourself to group kvm (sudo usermod -aG kvm $USER), then log in again, "
                        + "or run with --backend hosted",
                KvmDevice.cannotOpen(Path.of("/dev/kvm"), Errno.EACCES).getMessage());
    }

    @Test
    @DisplayName("A file that is not KVM is refused by what it answers, and opening a VM on it leaves nothing open")
    void otherDevice() {
        String line = Kvm.whyUnusable(Path.of("/dev/null")).orElseThrow();
        assertTrue(line.startsWith("/dev/null does not speak version 12 of the KVM API"), line);
        VmSpec spec = new VmSpec(1 << 20, 1, false, Path.of("/dev/null"));
        assertThrows(KvmException.class, () -> KvmVm.open(spec, new NoBus(), new NoListener()));
    }

    @ParameterizedTest
    @CsvSource({"0,1", "4095,1", "1048575,1", "1048576,0", "-4096,1"})
    @DisplayName("Sizes that cannot be are refused in one line")
    void badSizes(long bytes, int vps) {
        String line = assertThrows(IllegalArgumentException.class, () -> VmSpec.of(bytes, vps))
                .getMessage();
        assertFalse(line.contains("\n"));
        assertTrue(line.contains("give"), line);
    }

    @Test
    @DisplayName("More VPs than KVM takes: one line with the limit")
    void tooManyVps() {
        TestVm.assumeKvm();
        KvmException e = assertThrows(
                KvmException.class, () -> KvmVm.open(VmSpec.of(1 << 20, 100_000), new NoBus(), new NoListener()));
        assertTrue(e.getMessage().startsWith("100000 virtual processors: KVM on this host takes"), e.getMessage());
    }

    @Test
    @DisplayName("More memory than the host has: one line with what it has, before anything is mapped")
    void tooMuchMemory() throws IOException {
        Path meminfo = folder.resolve("meminfo");
        Files.writeString(meminfo, "MemTotal:       24576000 kB\nMemFree:  1 kB\nSwapTotal:        1024 kB\n");
        HostMemory.requireRoomFor(24_001L << 20, meminfo);
        KvmException e = assertThrows(KvmException.class, () -> HostMemory.requireRoomFor(1000L << 30, meminfo));
        assertEquals(
                "guest memory of 1024000 MiB: this host has 24001 MiB, swap space included: give the guest less memory",
                e.getMessage());
        HostMemory.requireRoomFor(1L << 44, folder.resolve("none"));
        TestVm.assumeKvm();
        KvmException here = assertThrows(
                KvmException.class, () -> KvmVm.open(VmSpec.of(1L << 44, 1), new NoBus(), new NoListener()));
        assertTrue(here.getMessage().endsWith("give the guest less memory"), here.getMessage());
    }

    @ParameterizedTest
    @CsvSource({
        "on,1,true",
        "on,0,true",
        "off,0,false",
        "forceoff,0,false",
        "notsupported,0,false",
        "notimplemented,0,true",
        "off,1,true"
    })
    @DisplayName("Simultaneous multithreading is possible unless the kernel says it is off or not there")
    void smt(String control, String active, boolean possible) throws IOException {
        Files.writeString(folder.resolve("control"), control + "\n");
        Files.writeString(folder.resolve("active"), active + "\n");
        assertEquals(possible, HostCpu.smtPossible(folder));
    }

    @Test
    @DisplayName("Where the kernel does not say, simultaneous multithreading is possible")
    void smtUnknown() {
        assertTrue(HostCpu.smtPossible(folder));
    }

    @Test
    @DisplayName("Facts: the TSC frequency is above 10 MHz, the APIC timer's is 1 GHz as KVM's is")
    void facts() {
        TestVm.assumeKvm();
        assertTrue(Kvm.facts().tscFrequencyHz() > 10_000_000);
        assertEquals(1_000_000_000, Kvm.facts().apicFrequencyHz());
    }

    private static final class NoBus implements IoBus {
        @Override
        public int in(int port, int bytes) {
            return -1;
        }

        @Override
        public void out(int port, int bytes, int value) {}
    }

    private static final class NoListener implements VmListener {
        @Override
        public void power(hv.api.PowerEvent event) {}

        @Override
        public void shutdown(int vp) {}

        @Override
        public void failed(int vp, String line) {}
    }
}
