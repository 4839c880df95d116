package hv.storvsc;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.testkit.DiskDriver;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** SPC-4 and SBC-3, as Linux' sd.c and scsi_scan.c use them. */
class CommandsTest {
    private static final int BLOCK = 512;
    private static final int BLOCKS = 8192;

    @TempDir
    Path folder;

    private Path image;
    private Machine machine;

    @BeforeEach
    void start() throws IOException {
        image = folder.resolve("disk.img");
        Files.write(image, new byte[BLOCKS * BLOCK]);
        Path fixed = folder.resolve("fixed.img");
        Files.write(fixed, new byte[BLOCKS * BLOCK]);
        machine = new Machine(image + ",serial=abc", fixed + ",readonly");
    }

    @AfterEach
    void end() {
        machine.close();
    }

    private DiskDriver.Answer command(int lun, boolean isRead, int bytes, String cdb) {
        return machine.driver.command(lun, isRead, bytes, HexFormat.of().parseHex(cdb.replace(" ", "")));
    }

    private String says(String cdb) {
        return command(0, true, 512, cdb).meaning();
    }

    private byte[] page(int page) {
        assertEquals("good", says("12 01 %02x 00 ff 00".formatted(page)));
        return machine.driver.data(255);
    }

    @Test
    @DisplayName("A version that is not known is refused, and the guest asks for another one")
    void versions() {
        assertFalse(machine.driver.version(0x700));
        assertTrue(machine.driver.version(0x600));
        assertTrue(machine.driver.version(0x501));
        assertTrue(machine.driver.version(0x602));
    }

    @Test
    @DisplayName("What is written is read back, and is in the file, wherever the guest's pages lie")
    void writesAndReads() throws IOException {
        byte[] data = new byte[64 * 1024];
        new Random(1).nextBytes(data);
        machine.driver.fill(data);
        assertEquals(
                "good",
                machine.driver
                        .command(0, false, data.length, DiskDriver.move(false, 100, 128, false))
                        .meaning());
        assertArrayEquals(data, Arrays.copyOfRange(Files.readAllBytes(image), 100 * BLOCK, 100 * BLOCK + data.length));
        long[] backwards =
                LongStream.range(0, 17).map(i -> Machine.DATA_PAGE + 40 - i).toArray();
        long transaction =
                machine.driver.begin(0, true, 1536, data.length, backwards, DiskDriver.move(true, 100, 128, false));
        DiskDriver.Answer answer = machine.driver.await(transaction);
        assertEquals("good", answer.meaning());
        assertEquals(data.length, answer.moved());
        byte[] read = new byte[17 * 4096];
        for (int i = 0; i < backwards.length; i++) {
            machine.guest.memory().read(backwards[i] * 4096, read, i * 4096, 4096);
        }
        assertArrayEquals(data, Arrays.copyOfRange(read, 1536, 1536 + data.length));
        assertTrue(machine.disks().disks().get(0).counts().reads() > 0);
    }

    @Test
    @DisplayName("Reading never touches a byte outside of what was asked for")
    void staysInside() {
        byte[] marked = new byte[3 * 4096];
        Arrays.fill(marked, (byte) 0x5A);
        machine.driver.fill(marked);
        long[] pages = {Machine.DATA_PAGE, Machine.DATA_PAGE + 1};
        machine.driver.await(machine.driver.begin(0, true, 1000, 4096, pages, DiskDriver.move(true, 0, 8, false)));
        byte[] after = machine.driver.data(marked.length);
        for (int i = 0; i < after.length; i++) {
            assertEquals(i >= 1000 && i < 1000 + 4096 ? 0 : 0x5A, after[i], "byte " + i);
        }
    }

    @Test
    @DisplayName("INQUIRY tells vendor and product of Hyper-V's disks; a unit that is not there has qualifier 3")
    void inquiry() {
        DiskDriver.Answer answer = command(0, true, 36, "12 00 00 00 24 00");
        assertEquals(36, answer.moved());
        String text = new String(machine.driver.data(36), StandardCharsets.ISO_8859_1);
        assertEquals("Msft    Virtual Disk    ", text.substring(8, 32));
        assertEquals(0, text.charAt(0));
        assertTrue(text.charAt(2) >= 5, "SPC-3 or later");
        assertEquals("good", command(7, true, 36, "12 00 00 00 24 00").meaning());
        assertEquals(0x7F, machine.driver.data(1)[0]);
        assertEquals("srb 20", command(7, true, 0, "00 00 00 00 00 00").meaning());
    }

    @Test
    @DisplayName(
            "Other buses have no units, and none of them is said to be absent: Linux would take away that of bus 0")
    void otherBuses() {
        assertEquals("good", command(0x100, true, 36, "12 00 00 00 24 00").meaning());
        assertEquals(0x7F, machine.driver.data(1)[0]);
        assertEquals(
                "good",
                command(0x100, true, 512, "a0 00 00 00 00 00 00 00 02 00 00 00").meaning());
        assertEquals(0, ByteBuffer.wrap(machine.driver.data(8)).getInt());
        assertEquals("5/25/00", command(0x100, true, 0, "00 00 00 00 00 00").meaning());
    }

    @Test
    @DisplayName("REPORT LUNS, READ CAPACITY, the serial number, limits and provisioning are as the disk is")
    void saysWhatItIs() {
        assertEquals("good", says("a0 00 00 00 00 00 00 00 01 00 00 00"));
        ByteBuffer luns = ByteBuffer.wrap(machine.driver.data(24));
        assertEquals(16, luns.getInt());
        assertEquals(1, luns.get(17));
        assertEquals(BLOCKS, machine.driver.blocks(0));
        assertEquals((byte) 0xC0, machine.driver.data(32)[14]);
        assertEquals("good", says("25 00 00 00 00 00 00 00 00 00"));
        assertEquals(BLOCKS - 1, ByteBuffer.wrap(machine.driver.data(8)).getInt());
        assertEquals("abc", new String(page(0x80), 4, 3, StandardCharsets.US_ASCII));
        assertEquals(2048, ByteBuffer.wrap(page(0xB0)).getInt(8));
        assertEquals(1, ByteBuffer.wrap(page(0xB1)).getShort(4));
        assertEquals((byte) 0xE4, page(0xB2)[5]);
        assertEquals(3, page(0x83)[8] >>> 4 & 0xF);
        assertEquals("5/24/00", says("12 01 c0 00 ff 00"));
    }

    @Test
    @DisplayName("MODE SENSE: the write cache is enabled, writes can be durable, and a read-only disk says so")
    void modeSense() {
        assertEquals("good", says("1a 00 08 00 40 00"));
        byte[] page = machine.driver.data(24);
        assertEquals(0x10, page[2]);
        assertEquals(8, page[4]);
        assertEquals(4, page[6]);
        assertEquals("good", command(1, true, 4, "1a 00 3f 00 04 00").meaning());
        assertEquals((byte) 0x90, machine.driver.data(4)[2]);
    }

    @Test
    @DisplayName("A range outside of the disk is refused, also if block and count overflow")
    void ranges() {
        assertEquals("5/21/00", says("28 00 00 00 20 00 00 00 01 00"));
        assertEquals("good", says("28 00 00 00 1f ff 00 00 01 00"));
        assertEquals("5/21/00", says("88 00 ff ff ff ff ff ff ff ff 00 00 00 01 00 00"));
        assertEquals("5/21/00", says("88 00 7f ff ff ff ff ff ff ff ff ff ff ff 00 00"));
        assertEquals("5/24/00", says("28 00 00 00 00 00 00 00 02 00"), "more than there are pages for");
        assertEquals("5/20/00", says("ee 00 00 00 00 00"));
    }

    @Test
    @DisplayName("A read-only disk is not written, in no way")
    void readOnly() {
        for (String cdb : new String[] {
            "2a 00 00 00 00 00 00 00 01 00",
            "41 00 00 00 00 00 00 00 01 00",
            "93 00 00 00 00 00 00 00 00 00 00 00 00 01 00 00"
        }) {
            assertEquals("7/27/00", command(1, false, 512, cdb).meaning(), cdb);
        }
        assertEquals(
                "5/20/00",
                command(1, false, 24, "42 00 00 00 00 00 00 00 18 00").meaning());
        assertEquals(
                "good", command(1, true, 0, "35 00 00 00 00 00 00 00 00 00").meaning());
    }

    @Test
    @DisplayName("UNMAP makes holes that read as zero, and only if all its ranges are inside")
    void unmap() throws IOException {
        byte[] ones = new byte[1 << 20];
        Arrays.fill(ones, (byte) 1);
        machine.driver.fill(ones);
        machine.driver.command(0, false, ones.length, DiskDriver.move(false, 0, 2048, false));
        long before = allocated();
        ByteBuffer list = ByteBuffer.allocate(40)
                .putShort((short) 38)
                .putShort((short) 32)
                .putInt(0);
        list.putLong(8).putInt(1024).putInt(0).putLong(BLOCKS - 1).putInt(2).putInt(0);
        machine.driver.fill(list.array());
        assertEquals(
                "5/21/00",
                command(0, false, 40, "42 00 00 00 00 00 00 00 28 00").meaning());
        assertEquals(before, allocated());
        machine.driver.fill(list.putInt(32, 1).array());
        assertEquals(
                "good", command(0, false, 40, "42 00 00 00 00 00 00 00 28 00").meaning());
        assertTrue(allocated() < before, "the file has become smaller on the disk");
        byte[] file = Files.readAllBytes(image);
        for (int i = 0; i < ones.length; i++) {
            assertEquals(i / BLOCK >= 8 && i / BLOCK < 1032 ? 0 : 1, file[i], "byte " + i);
        }
    }

    private long allocated() throws IOException {
        return (int) Files.getAttribute(image, "unix:nlink") * blocks(image);
    }

    private static long blocks(Path file) throws IOException {
        Process stat = new ProcessBuilder("stat", "-c", "%b", file.toString()).start();
        return Long.parseLong(new String(stat.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).strip());
    }

    @Test
    @DisplayName("WRITE SAME fills with a block, or zeroes, or gives back")
    void writeSame() throws IOException {
        byte[] block = new byte[BLOCK];
        new Random(2).nextBytes(block);
        machine.driver.fill(block);
        assertEquals(
                "good",
                command(0, false, 512, "93 00 00 00 00 00 00 00 00 02 00 00 00 64 00 00")
                        .meaning());
        byte[] file = Files.readAllBytes(image);
        for (int i = 0; i < 102; i++) {
            byte[] expected = i < 2 ? new byte[BLOCK] : block;
            assertArrayEquals(expected, Arrays.copyOfRange(file, i * BLOCK, (i + 1) * BLOCK), "block " + i);
        }
        machine.driver.fill(new byte[BLOCK]);
        assertEquals(
                "good", command(0, false, 512, "41 08 00 00 00 02 00 00 32 00").meaning());
        assertEquals(
                "good", command(0, false, 512, "41 00 00 00 00 34 00 00 32 00").meaning());
        assertArrayEquals(new byte[BLOCKS * BLOCK], Files.readAllBytes(image));
        assertEquals(
                "5/24/00",
                command(0, false, 512, "41 00 00 00 00 00 00 00 00 00").meaning());
    }

    @Test
    @DisplayName("A disk that has become larger says so with the next command, and then has the new size")
    void resized() throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "rw")) {
            file.setLength(2L * BLOCKS * BLOCK);
        }
        assertEquals(BLOCKS, machine.driver.blocks(0));
        machine.disks().resize(0, 0);
        machine.bus.await("the guest is told", () -> machine.driver.rescans() == 1);
        assertEquals("6/2A/09", says("00 00 00 00 00 00"));
        assertEquals(2 * BLOCKS, machine.driver.blocks(0));
        machine.disks().resize(0, 4L * BLOCKS * BLOCK);
        machine.swap();
        assertEquals("6/2A/09", says("00 00 00 00 00 00"));
        assertEquals(4 * BLOCKS, machine.driver.blocks(0));
    }

    @Test
    @DisplayName("A disk is plugged in and pulled out while the guest runs, and stays when another version follows")
    void hotPlug() throws IOException {
        Path more = folder.resolve("more.img");
        Files.write(more, new byte[1 << 20]);
        assertEquals(2, machine.disks().attach(more.toString()));
        machine.bus.await("the guest is told", () -> machine.driver.rescans() == 1);
        assertEquals(2048, machine.driver.blocks(2));
        machine.swap();
        assertEquals(2048, machine.driver.blocks(2));
        machine.disks().detach(2);
        machine.bus.await("the guest is told", () -> machine.driver.rescans() == 2);
        assertEquals("srb 20", command(2, true, 0, "00 00 00 00 00 00").meaning());
        machine.swap();
        assertEquals("srb 20", command(2, true, 0, "00 00 00 00 00 00").meaning());
        assertEquals(2, machine.disks().attach(more.toString()));
    }
}
