package hv.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import hv.api.Flags;
import hv.api.PowerEvent;
import hv.kvm.Kvm;
import hv.machine.MachineResult.End;
import hv.machine.boot.GuestFile;
import hv.machine.boot.ImageException;
import hv.machine.boot.TestImages;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("A file that the guest is loaded from changes while the guest runs")
class ChangedFileTest {
    /** {@code mov dx, 0x3F8; out dx, al; jmp $}, in 64-bit code. */
    private static final int[] SAY_AND_SPIN = {0x66, 0xBA, 0xF8, 0x03, 0xEE, 0xEB, 0xFE};

    /** {@code mov dx, 0x3F8; out dx, al; mov al, 0xFE; out 0x64, al; jmp $}. */
    private static final int[] SAY_AND_RESET = {0x66, 0xBA, 0xF8, 0x03, 0xEE, 0xB0, 0xFE, 0xE6, 0x64, 0xEB, 0xFE};

    private final Semaphore said = new Semaphore(0);
    private final FakeHypervisor hypervisor = new FakeHypervisor(PowerEvent.Reset::new);

    @TempDir
    private Path folder;

    @BeforeEach
    void needsKvm() {
        Kvm.whyUnusable().ifPresent(reason -> assumeTrue(false, "needs KVM: " + reason));
    }

    private MachineSpec spec(byte[] image, Path module) throws Exception {
        Path file = Files.write(folder.resolve("kernel"), image);
        OutputStream serial = new OutputStream() {
            @Override
            public void write(int b) {
                said.release();
            }
        };
        return new MachineSpec(
                Flags.of(Flags.Word.on("hv-reset")),
                1,
                32 * TestImages.MIB,
                GuestFile.map(file),
                "kernel",
                GuestFile.map(module),
                "",
                serial,
                CrashAction.CONTINUE);
    }

    private static void truncate(Path file) throws Exception {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.truncate(0);
        }
    }

    private Path module() throws Exception {
        return Files.write(folder.resolve("initrd"), new byte[8 << 20]);
    }

    private void awaitSaid() throws InterruptedException {
        assertTrue(said.tryAcquire(60, TimeUnit.SECONDS));
    }

    @Test
    @DisplayName("A reset from outside is refused in one line, and the guest goes on")
    void refused() throws Exception {
        Path module = module();
        byte[] image = TestImages.flat(TestImages.bytes(SAY_AND_SPIN));
        try (Machine machine = Machine.start(hypervisor, spec(image, module))) {
            awaitSaid();
            truncate(module);
            String line =
                    assertThrows(IllegalStateException.class, machine::reset).getMessage();
            assertEquals(module + ": the file has changed since the guest was started: start the guest again", line);
            assertTrue(machine.isRunning());
            machine.pause();
            machine.save();
            machine.resume();
        }
    }

    @Test
    @DisplayName("A guest that resets itself ends with one line and is not frozen")
    void ended() throws Exception {
        Path module = module();
        byte[] image = TestImages.flat(TestImages.bytes(SAY_AND_RESET));
        MachineSpec spec = spec(image, module);
        try (Machine machine = Machine.startPaused(hypervisor, spec)) {
            truncate(module);
            machine.resume();
            MachineResult result = machine.await();
            assertEquals(End.FAILED, result.end());
            assertEquals(
                    "reset failed: " + module
                            + ": the file has changed since the guest was started: start the guest again",
                    result.line());
        }
    }

    @Test
    @DisplayName("One that becomes shorter at the very moment when it is read ends the start in one line")
    void shrinksWhileRead() throws Exception {
        Path module = module();
        MachineSpec spec = spec(TestImages.flat(TestImages.bytes(SAY_AND_SPIN)), module);
        truncate(module);
        String line = assertThrows(ImageException.class, () -> Machine.start(hypervisor, spec))
                .getMessage();
        assertEquals("kernel: it, or the module, became shorter while it was read: start the guest again", line);
    }

    @Test
    @DisplayName(
            "Another size or another time is a change; a file that was removed or replaced by another is still what it was")
    void whatIsAChange() throws Exception {
        Path file = module();
        GuestFile mapped = GuestFile.map(file);
        assertEquals(Optional.empty(), mapped.change());
        Files.setLastModifiedTime(file, FileTime.from(Instant.EPOCH));
        assertTrue(mapped.change().isPresent());
        GuestFile again = GuestFile.map(file);
        Path other = Files.write(folder.resolve("other"), new byte[1]);
        Files.move(other, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        assertEquals(Optional.empty(), again.change());
        Files.delete(file);
        assertEquals(Optional.empty(), again.change());
        assertEquals(Optional.empty(), GuestFile.of(new byte[3]).change());
    }
}
