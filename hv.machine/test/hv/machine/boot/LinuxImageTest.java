package hv.machine.boot;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.api.CpuRegisters.Mode;
import hv.api.machine.BootState;
import hv.api.machine.Register;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What a kernel finds, by Documentation/arch/x86/boot.rst and zero-page.rst. */
class LinuxImageTest {
    private static final int ZERO_PAGE = 0xA000;
    private static final byte[] CODE = noise(70_000);
    private static final byte[] NO_MODULE = {};

    private final HeapMemory memory = new HeapMemory(16 * TestImages.MIB);

    private static byte[] noise(int bytes) {
        byte[] noise = new byte[bytes];
        new Random(1).nextBytes(noise);
        return noise;
    }

    private static byte[] vmlinux() {
        return LinuxFiles.vmlinux(CODE, 100_000);
    }

    private static byte[] packed() {
        return LinuxFiles.bzImage(new byte[16], LinuxFiles.gzip(vmlinux()));
    }

    /** Its protected-mode part begins at 0x400 of the file, and the payload is none that we know. */
    private static byte[] unknown() {
        return LinuxFiles.bzImage(Arrays.copyOf(CODE, 300), new byte[] {9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9});
    }

    private static BootSpec spec(byte[] image, byte[] module, String line) {
        return TestImages.boot(image, module, line);
    }

    private BootState load(byte[] image, byte[] module, String line) throws ImageException {
        Image read = ImageReader.read(spec(image, module, line));
        read.load(memory);
        return read.start();
    }

    private static String refusal(byte[] image, Consumer<ByteBuffer> change) {
        byte[] changed = image.clone();
        change.accept(ByteBuffer.wrap(changed).order(ByteOrder.LITTLE_ENDIAN));
        return refusal(spec(changed, NO_MODULE, ""));
    }

    private static String refusal(BootSpec spec) {
        String line =
                assertThrows(ImageException.class, () -> ImageReader.read(spec)).getMessage();
        assertFalse(line.contains("\n"), line);
        assertTrue(line.startsWith("guests/test.img: "), line);
        return line;
    }

    private byte[] at(long gpa, int bytes) {
        byte[] read = new byte[bytes];
        memory.read(gpa, read, 0, bytes);
        return read;
    }

    @Test
    @DisplayName("Entry: 64-bit mode, RSI = zero page, CS = 0x10, data = 0x18, both in the GDT (64-bit boot protocol)")
    void entryState() throws ImageException {
        BootState start = load(vmlinux(), NO_MODULE, "");
        assertEquals(Mode.LONG, start.mode());
        assertEquals((long) LinuxFiles.ADDRESS, start.registers().get(Register.RIP));
        assertEquals((long) ZERO_PAGE, start.registers().get(Register.RSI));
        assertEquals(0x10, start.codeSelector());
        assertEquals(0x18, start.dataSelector());
        long code = memory.getLong(start.gdtGpa() + 0x10);
        assertEquals(0x00AF_9B00_0000_FFFFL, code, "4G flat, execute/read, 64-bit, accessed");
        assertEquals(0x00CF_9300_0000_FFFFL, memory.getLong(start.gdtGpa() + 0x18), "4G flat, read/write, accessed");
        assertEquals(0x1F, start.gdtLimit());
    }

    @Test
    @DisplayName("The first 4 GiB are mapped to themselves")
    void identityMap() throws ImageException {
        BootState start = load(vmlinux(), NO_MODULE, "");
        for (long address : new long[] {0, LinuxFiles.ADDRESS, 0xFEE0_0000L, 0xFFE0_0000L}) {
            long pdpt = memory.getLong(start.pageTablesGpa()) & -4096;
            long directory = memory.getLong(pdpt + 8 * (address >>> 30)) & -4096;
            long page = memory.getLong(directory + 8 * (address >>> 21 & 511));
            assertEquals(address & -(2L << 20), page & 0xF_FFFF_FFE0_0000L);
            assertEquals(0x83, page & 0x83, "present, writable, large");
        }
    }

    @Test
    @DisplayName(
            "vmlinux, gzip and LZ4 of it, in one block or in many, all give the same kernel at its physical address")
    void kernelIsUnpacked() throws ImageException {
        byte[] lz4 = LinuxFiles.lz4(vmlinux());
        byte[] blocks = LinuxFiles.lz4(LinuxFiles.vmlinuxOfThreeBlocks(CODE, 100_000));
        byte[][] images = {
            vmlinux(), packed(), LinuxFiles.bzImage(new byte[16], lz4), LinuxFiles.bzImage(new byte[16], blocks),
        };
        for (byte[] image : images) {
            memory.write(LinuxFiles.ADDRESS, new byte[CODE.length], 0, CODE.length);
            BootState start = load(image, NO_MODULE, "");
            assertEquals((long) LinuxFiles.ADDRESS, start.registers().get(Register.RIP));
            assertArrayEquals(CODE, at(LinuxFiles.ADDRESS, CODE.length));
        }
    }

    @Test
    @DisplayName(
            "Of an unknown compression the protected-mode part goes to pref_address and is entered 0x200 behind it")
    void selfUnpacking() throws ImageException {
        BootState start = load(unknown(), NO_MODULE, "");
        assertEquals(LinuxFiles.ADDRESS + 0x200L, start.registers().get(Register.RIP));
        assertArrayEquals(Arrays.copyOf(CODE, 300), at(LinuxFiles.ADDRESS + 0x200, 300));
    }

    @Test
    @DisplayName("Zero page: the file's header at 0x1F1, type_of_loader 0xFF, command line as given, RSDP")
    void zeroPage() throws ImageException {
        byte[] image = packed();
        image[0x25F] = 0; // within the header, behind what is copied by name
        load(image, NO_MODULE, "console=ttyS0 quiet");
        assertEquals(0x5372_6448, memory.getInt(ZERO_PAGE + 0x202));
        assertEquals(0xFF, memory.getInt(ZERO_PAGE + 0x210) & 0xFF);
        assertEquals(1, memory.getInt(ZERO_PAGE + 0x211) & 0xFF, "loadflags");
        assertArrayEquals(Arrays.copyOfRange(image, 0x22C, 0x26C), at(ZERO_PAGE + 0x22C, 0x40));
        assertEquals(0, memory.getInt(ZERO_PAGE + 0x26C), "nothing behind the header's end");
        assertEquals("console=ttyS0 quiet", memory.text(memory.getInt(ZERO_PAGE + 0x228)));
        assertEquals(0xE0000, memory.getLong(ZERO_PAGE + 0x70));
        assertEquals(0x2052_5450_2044_5352L, memory.getLong(0xE0000), "RSD PTR ");
        assertEquals(0, memory.getInt(ZERO_PAGE + 0x1EF) & 0xFF, "sentinel");
        assertEquals(0, memory.getInt(ZERO_PAGE + 0x218));
        assertEquals(0, memory.getInt(ZERO_PAGE + 0x21C));
    }

    @Test
    @DisplayName("A vmlinux finds the header's fields that it looks at")
    void zeroPageOfVmlinux() throws ImageException {
        load(vmlinux(), NO_MODULE, "x");
        assertEquals(0xAA55, memory.getInt(ZERO_PAGE + 0x1FE) & 0xFFFF);
        assertEquals(0x5372_6448, memory.getInt(ZERO_PAGE + 0x202));
        assertEquals(0xFF, memory.getInt(ZERO_PAGE + 0x210) & 0xFF);
        assertEquals("x", memory.text(memory.getInt(ZERO_PAGE + 0x228)));
    }

    @Test
    @DisplayName("Initial RAM disk: on a page at the end of low RAM, or below initrd_addr_max")
    void ramDisk() throws ImageException {
        byte[] disk = noise(5000);
        load(packed(), disk, "");
        assertEquals(16 * TestImages.MIB - 8192, memory.getInt(ZERO_PAGE + 0x218));
        assertEquals(5000, memory.getInt(ZERO_PAGE + 0x21C));
        assertArrayEquals(disk, at(16 * TestImages.MIB - 8192, 5000));
        byte[] limited = packed();
        ByteBuffer.wrap(limited).order(ByteOrder.LITTLE_ENDIAN).putInt(0x22C, 0x7F_FFFF);
        load(limited, disk, "");
        assertEquals(0x7F_E000, memory.getInt(ZERO_PAGE + 0x218));
    }

    @Test
    @DisplayName("e820: RAM to 0x9FC00, reserved to 1 MiB, RAM to the end of low RAM, RAM from 4 GiB (zero-page.rst)")
    void memoryMap() {
        for (long gib : new long[] {1, 3, 5}) {
            HeapMemory page = new HeapMemory(4096);
            new BootParameters(page, 0).memoryMap(gib << 30);
            assertEquals(gib > 3 ? 4 : 3, page.getInt(0x1E8) & 0xFF);
            long[][] ranges = {
                {0, 0x9_FC00, 1},
                {0x9_FC00, 0x6_0400, 2},
                {0x10_0000, (Math.min(gib, 3) << 30) - 0x10_0000, 1},
                {4L << 30, gib - 3 << 30, 1},
            };
            for (int i = 0; i < (page.getInt(0x1E8) & 0xFF); i++) {
                assertEquals(ranges[i][0], page.getLong(0x2D0 + 20L * i));
                assertEquals(ranges[i][1], page.getLong(0x2D0 + 20L * i + 8));
                assertEquals(ranges[i][2], page.getInt(0x2D0 + 20L * i + 16));
            }
        }
    }

    @Test
    @DisplayName("Command line: exactly as long as cmdline_size is good, longer or not ASCII is not")
    void commandLine() throws ImageException {
        load(packed(), NO_MODULE, "a".repeat(2047));
        load(vmlinux(), NO_MODULE, "a".repeat(2047));
        assertTrue(refusal(spec(vmlinux(), NO_MODULE, "a".repeat(2048))).contains("2047 printable ASCII"));
        assertTrue(refusal(spec(packed(), NO_MODULE, "a\nb")).contains("2047 printable ASCII"));
        byte[] image = packed();
        ByteBuffer.wrap(image).order(ByteOrder.LITTLE_ENDIAN).putInt(0x238, 5);
        load(image, NO_MODULE, "12345");
        assertTrue(refusal(spec(image, NO_MODULE, "123456")).contains("5 printable ASCII"));
    }

    @Test
    @DisplayName("Too little memory: says how much is needed")
    void tooLittleMemory() {
        assertEquals(
                "guests/test.img: kernel and initial RAM disk need 27 MiB of memory, the guest has 16 MiB: give it more",
                refusal(spec(LinuxFiles.vmlinux(CODE, 20 << 20), new byte[5_000_000], "")));
        assertTrue(refusal(unknown(), b -> b.putInt(0x260, 64 << 20)).contains("need 66 MiB"));
        assertTrue(refusal(unknown(), b -> b.putLong(0x258, 0xB000_0000L)).contains("need 2817 MiB"));
        byte[] limited = packed();
        ByteBuffer.wrap(limited).order(ByteOrder.LITTLE_ENDIAN).putInt(0x22C, 0x21_0000);
        assertTrue(refusal(spec(limited, new byte[1], "")).contains("initrd_addr_max (0x210000)"));
    }

    @Test
    @DisplayName("What is no kernel for x86-64 is refused with what to give")
    void refused() {
        assertTrue(refusal(packed(), b -> b.putShort(0x206, (short) 0x20B)).contains("boot protocol 2.11"));
        assertTrue(refusal(packed(), b -> b.put(0x211, (byte) 0)).contains("zImage"));
        assertTrue(refusal(unknown(), b -> b.putShort(0x236, (short) 0)).contains("32-bit Linux kernel"));
        assertTrue(refusal(unknown(), b -> b.putLong(0x258, 0x8000)).contains("pref_address"));
        assertTrue(refusal(unknown(), b -> b.putLong(0x258, -4096)).contains("pref_address"));
        assertTrue(refusal(packed(), b -> b.putInt(0x1F4, -1)).contains("truncated"));
        assertTrue(refusal(packed(), b -> b.putInt(0x1F4, 0)).contains("truncated"));
        assertTrue(refusal(packed(), b -> b.putInt(0x248, -1)).contains("payload_offset"));
        assertTrue(refusal(packed(), b -> b.putInt(0x24C, -1)).contains("payload_length"));
        assertTrue(refusal(vmlinux(), b -> b.putLong(64 + 24, 0x8000)).contains("link it at 1 MiB"));
        assertTrue(refusal(vmlinux(), b -> b.putLong(64 + 24, -4096)).contains("link it at 1 MiB"));
        assertTrue(refusal(vmlinux(), b -> b.putLong(64 + 40, -1)).contains("needs 18446744073709551615 bytes"));
        assertTrue(refusal(vmlinux(), b -> b.putLong(64 + 40, 1)).contains("larger in the file"));
        assertTrue(refusal(vmlinux(), b -> b.putLong(64 + 8, -1)).contains("behind its end"));
        assertTrue(refusal(vmlinux(), b -> b.putInt(64, 4)).contains("no PT_LOAD"));
        assertTrue(refusal(vmlinux(), b -> b.putLong(24, 1)).contains("entry point 0x1 "));
        assertTrue(refusal(vmlinux(), b -> b.putLong(32, -1)).contains("program headers"));
        assertTrue(refusal(vmlinux(), b -> b.putShort(56, (short) -1)).contains("program headers"));
        byte[] elf32 = LinuxFiles.vmlinux(CODE, 0);
        elf32[4] = 1;
        assertTrue(refusal(spec(LinuxFiles.bzImage(new byte[16], LinuxFiles.gzip(elf32)), NO_MODULE, ""))
                .contains("not an ELF64 file for x86-64"));
    }

    @Test
    @DisplayName("An ELF64 file with a Multiboot header was meant for another loader, and is told how to be wrapped")
    void multibootElf64() {
        byte[] image = vmlinux();
        ByteBuffer b = ByteBuffer.wrap(image).order(ByteOrder.LITTLE_ENDIAN);
        b.putInt(0x400, 0x1BAD_B002).putInt(0x404, 0).putInt(0x408, -0x1BAD_B002);
        assertTrue(refusal(spec(image, NO_MODULE, "")).contains("objcopy"));
    }

    @Test
    @DisplayName("Damage that only unpacking shows ends the load in one line")
    void damagedPayload() throws ImageException {
        byte[] lz4 = LinuxFiles.lz4(vmlinux());
        byte[] wrongSize = lz4.clone();
        wrongSize[lz4.length - 4]--;
        byte[] wrongBlock = LinuxFiles.lz4(LinuxFiles.vmlinuxOfThreeBlocks(CODE, 100_000));
        int second =
                8 + ByteBuffer.wrap(wrongBlock).order(ByteOrder.LITTLE_ENDIAN).getInt(4);
        wrongBlock[second + 4] -= 16; // one literal less, and then something that is no match
        byte[] gzip = LinuxFiles.gzip(vmlinux());
        gzip[gzip.length - 8]++;
        byte[] shortElf = Arrays.copyOf(vmlinux(), LinuxFiles.CODE_OFFSET + 10);
        for (byte[] payload :
                new byte[][] {wrongSize, wrongBlock, gzip, LinuxFiles.gzip(shortElf), LinuxFiles.lz4(shortElf)}) {
            Image image = ImageReader.read(spec(LinuxFiles.bzImage(new byte[16], payload), NO_MODULE, ""));
            DamagedImageException e = assertThrows(DamagedImageException.class, () -> image.load(memory));
            assertTrue(e.reason().getMessage().matches("guests/test.img: [^\n]+"), e.getMessage());
        }
    }
}
