package hv.storvsc;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import hv.testkit.DiskDriver;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against the servers that people use: nbdkit and qemu-nbd (Debian: nbdkit, qemu-utils). */
class NbdTest {
    private static final int BLOCK = 512;
    private static final int BYTES = 256 * 1024;

    @TempDir
    Path folder;

    private final List<Process> servers = new ArrayList<>();

    @AfterEach
    void end() throws InterruptedException {
        for (Process server : servers) {
            server.destroyForcibly().waitFor();
        }
    }

    private static void needs(String program) {
        boolean isThere = Stream.of(System.getenv("PATH").split(File.pathSeparator))
                .anyMatch(each -> new File(each, program).canExecute());
        assumeTrue(isThere, program + " is not installed");
    }

    private Path socket() {
        return folder.resolve("socket");
    }

    private String address() {
        return "nbd+unix:///disk?socket=" + socket();
    }

    /** Starts nbdkit, which is there when its socket is. */
    private Process nbdkit(String... words) throws Exception {
        needs("nbdkit");
        List<String> command = new ArrayList<>(List.of("nbdkit", "--foreground", "--unix", socket().toString()));
        command.addAll(List.of(words));
        return started(command);
    }

    private Process started(List<String> command) throws Exception {
        Files.deleteIfExists(socket());
        Process server = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("said").toFile())
                .start();
        servers.add(server);
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (!Files.exists(socket())) {
            assertTrue(server.isAlive() && System.nanoTime() < deadline, () -> said());
            TimeUnit.MILLISECONDS.sleep(5);
        }
        return server;
    }

    private String said() {
        try {
            return Files.readString(folder.resolve("said"));
        } catch (IOException e) {
            return e.toString();
        }
    }

    private static void writesAndReads(Machine machine, long seed) {
        byte[] data = new byte[BYTES];
        new Random(seed).nextBytes(data);
        machine.driver.fill(data);
        DiskDriver.Answer written =
                machine.driver.command(0, false, BYTES, DiskDriver.move(false, 100, BYTES / BLOCK, seed % 2 == 0));
        assertEquals("good", written.meaning());
        assertEquals(
                "good", machine.driver.command(0, false, 0, DiskDriver.flush()).meaning());
        machine.driver.fill(new byte[BYTES]);
        assertEquals(
                "good",
                machine.driver
                        .command(0, true, BYTES, DiskDriver.move(true, 100, BYTES / BLOCK, false))
                        .meaning());
        assertArrayEquals(data, machine.driver.data(BYTES));
    }

    @Test
    @DisplayName("nbdkit: writes, flushes, reads, gives back, and keeps all of it when another version follows")
    void nbdkit() throws Exception {
        nbdkit("memory", "16M");
        try (Machine machine = new Machine(address())) {
            assertEquals(16 << 11, machine.driver.blocks(0));
            for (int i = 0; i < 20; i++) {
                writesAndReads(machine, i);
                machine.swap();
            }
            byte[] unmap = new byte[24];
            unmap[1] = 22;
            unmap[3] = 16;
            unmap[15] = 100;
            unmap[18] = 2;
            machine.driver.fill(unmap);
            byte[] cdb = {0x42, 0, 0, 0, 0, 0, 0, 0, 24, 0};
            assertEquals("good", machine.driver.command(0, false, 24, cdb).meaning());
            machine.driver.command(0, true, BYTES, DiskDriver.move(true, 100, BYTES / BLOCK, false));
            assertArrayEquals(new byte[BYTES], machine.driver.data(BYTES));
        }
    }

    @Test
    @DisplayName("A server without structured replies, durable writes, zeroes and several connections will do")
    void simple() throws Exception {
        nbdkit(
                "--no-sr",
                "--filter=nozero",
                "--filter=noparallel",
                "--filter=multi-conn",
                "memory",
                "16M",
                "zeromode=none",
                "multi-conn-mode=disable");
        try (Machine machine = new Machine(address())) {
            for (int i = 0; i < 4; i++) {
                writesAndReads(machine, i);
            }
            machine.driver.fill(new byte[BLOCK]);
            byte[] same = {0x41, 0, 0, 0, 0, 100, 0, 2, 0, 0};
            assertEquals("good", machine.driver.command(0, false, BLOCK, same).meaning());
            machine.driver.command(0, true, BYTES, DiskDriver.move(true, 100, BYTES / BLOCK, false));
            assertArrayEquals(new byte[BYTES], machine.driver.data(BYTES));
        }
    }

    @Test
    @DisplayName("What the server fails at the guest is told as a read or write that failed, a full server as that")
    void failing() throws Exception {
        Path fail = folder.resolve("fail");
        nbdkit("--filter=error", "memory", "16M", "error-file=" + fail, "error-rate=100%", "error=ENOSPC");
        try (Machine machine = new Machine(address())) {
            writesAndReads(machine, 1);
            Files.createFile(fail);
            assertEquals(
                    "7/27/07",
                    machine.driver
                            .command(0, false, BLOCK, DiskDriver.move(false, 0, 1, false))
                            .meaning());
            Files.delete(fail);
            writesAndReads(machine, 2);
            assertTrue(machine.disks().disks().get(0).trouble().isEmpty());
            assertEquals(1, machine.disks().disks().get(0).counts().errors());
        }
    }

    @Test
    @DisplayName("A server that goes away: the guest is told to try again, and goes on when it is back")
    void away() throws Exception {
        needs("nbdkit");
        Path image = folder.resolve("disk.img");
        Files.write(image, new byte[16 << 20]);
        Process first = nbdkit("file", image.toString());
        try (Machine machine = new Machine(address())) {
            writesAndReads(machine, 1);
            first.destroyForcibly().waitFor();
            byte[] read = DiskDriver.move(true, 100, 1, false);
            assertEquals("2/04/01", machine.driver.command(0, true, BLOCK, read).meaning());
            assertTrue(machine.disks().disks().get(0).trouble().contains("cannot be reached"));
            nbdkit("file", image.toString());
            writesAndReads(machine, 2);
            assertEquals("", machine.disks().disks().get(0).trouble());
        }
    }

    @Test
    @DisplayName("A server that goes away with writes that were not flushed: the next flush fails, once")
    void awayDirty() throws Exception {
        Process first = nbdkit("memory", "16M");
        try (Machine machine = new Machine(address())) {
            machine.driver.command(0, false, BLOCK, DiskDriver.move(false, 0, 1, false));
            first.destroyForcibly().waitFor();
            nbdkit("memory", "16M");
            assertEquals(
                    "3/0C/00",
                    machine.driver.command(0, false, 0, DiskDriver.flush()).meaning());
            assertEquals(
                    "good",
                    machine.driver.command(0, false, 0, DiskDriver.flush()).meaning());
        }
    }

    @Test
    @DisplayName("A server that is not there yet when the guest starts: the disk is not ready, and then it is")
    void late() throws Exception {
        needs("nbdkit");
        byte[] ready = new byte[6];
        try (Machine machine = new Machine(address())) {
            assertEquals("2/04/01", machine.driver.command(0, true, 0, ready).meaning());
            nbdkit("memory", "16M");
            machine.bus.await(
                    "the disk is ready",
                    () -> machine.driver.command(0, true, 0, ready).isGood());
            writesAndReads(machine, 3);
        }
    }

    @Test
    @DisplayName(
            "A qcow2 file is kept by a qemu-nbd, which lasts over swaps, ends with the guest, and qemu-img finds no fault")
    void qcow2() throws Exception {
        needs("qemu-nbd");
        Path image = folder.resolve("disk.qcow2");
        run("qemu-img", "create", "-q", "-f", "qcow2", image.toString(), "64M");
        byte[] data = new byte[BYTES];
        try (Machine machine = new Machine(image.toString())) {
            assertEquals(64 << 11, machine.driver.blocks(0));
            for (int i = 0; i < 20; i++) {
                writesAndReads(machine, i);
                machine.swap();
            }
            new Random(19).nextBytes(data);
        }
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (ProcessHandle.current()
                .children()
                .anyMatch(each -> each.info().command().orElse("").endsWith("qemu-nbd"))) {
            assertTrue(System.nanoTime() < deadline, "qemu-nbd does not end");
            TimeUnit.MILLISECONDS.sleep(5);
        }
        run("qemu-img", "check", "-q", image.toString());
        Path raw = folder.resolve("disk.raw");
        run("qemu-img", "convert", "-q", "-O", "raw", image.toString(), raw.toString());
        byte[] all = Files.readAllBytes(raw);
        assertArrayEquals(data, Arrays.copyOfRange(all, 100 * BLOCK, 100 * BLOCK + BYTES));
    }

    private static void run(String... command) throws Exception {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes());
        assertEquals(0, process.waitFor(), said);
    }
}
