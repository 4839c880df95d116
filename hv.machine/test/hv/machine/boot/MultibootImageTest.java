package hv.machine.boot;

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
import java.util.function.Consumer;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class MultibootImageTest {
    private static final int PROGRAM_HEADER = 52;
    private static final int HEADER = TestImages.CODE_OFFSET - 12;

    private static byte[] image() {
        return TestImages.multiboot(TestImages.bytes(0xF4, 0xEB, 0xFD), 0x3001);
    }

    private static String refusal(Consumer<ByteBuffer> change) {
        byte[] image = image();
        change.accept(ByteBuffer.wrap(image).order(ByteOrder.LITTLE_ENDIAN));
        return refusal(image);
    }

    private static String refusal(byte[] image) {
        String line = assertThrows(ImageException.class, () -> ImageReader.read(TestImages.boot(image)))
                .getMessage();
        assertFalse(line.contains("\n"), line);
        assertTrue(line.startsWith("guests/test.img: "), line);
        return line;
    }

    @Test
    @DisplayName("Entry: protected mode at e_entry, EAX = 0x2BADB002, EBX = information structure (Multiboot 3.2)")
    void entryState() throws ImageException {
        BootState start = ImageReader.read(TestImages.boot(image())).start();
        assertEquals(Mode.PROTECTED, start.mode());
        assertEquals(0x2BAD_B002L, start.registers().get(Register.RAX));
        assertEquals(0x9000L, start.registers().get(Register.RBX));
        assertEquals(
                (long) TestImages.LOAD + TestImages.CODE_OFFSET,
                start.registers().get(Register.RIP));
    }

    @Test
    @DisplayName(
            "Information: memory sizes in KiB, command line with the file's name first, module behind the image, memory map (Multiboot 3.3)")
    void information() throws ImageException {
        HeapMemory memory = new HeapMemory(16 * TestImages.MIB);
        byte[] module = {1, 2, 3, 4, 5};
        ImageReader.read(TestImages.boot(image(), module, "direct 7")).load(memory);
        int info = 0x9000;
        assertEquals(0b1001101, memory.getInt(info));
        assertEquals(639, memory.getInt(info + 4));
        assertEquals(15 * 1024, memory.getInt(info + 8));
        assertEquals("test.img direct 7", memory.text(memory.getInt(info + 16)));
        assertEquals(1, memory.getInt(info + 20));
        int modules = memory.getInt(info + 24);
        assertEquals(0x10_4000, memory.getInt(modules), "first page behind 0x103001");
        assertEquals(0x10_4005, memory.getInt(modules + 4));
        assertEquals(0x0403_0201, memory.getInt(0x10_4000));
        assertEquals(3 * 24, memory.getInt(info + 44));
        int map = memory.getInt(info + 48);
        assertEquals(20, memory.getInt(map));
        assertEquals(0x9_FC00, memory.getLong(map + 12));
        assertEquals(1, memory.getInt(map + 20));
        assertEquals(2, memory.getInt(map + 24 + 20), "the range below 1 MiB is reserved");
        assertEquals(0x10_0000, memory.getLong(map + 48 + 4));
        assertEquals(15 * TestImages.MIB, memory.getLong(map + 48 + 12));
    }

    @Test
    @DisplayName("The segment is where its physical address says")
    void segmentIsLoaded() throws ImageException {
        HeapMemory memory = new HeapMemory(16 * TestImages.MIB);
        ImageReader.read(TestImages.boot(image())).load(memory);
        assertEquals(0x1BAD_B002, memory.getInt(TestImages.LOAD + HEADER));
    }

    @Test
    @DisplayName("Not ELF, or without header: says so and what to give")
    void noHeader() {
        assertEquals(
                "guests/test.img: it is not a bootable image (no Multiboot header in its first 8 KiB): "
                        + "give a Linux bzImage or vmlinux, a Multiboot 1 ELF32 kernel or a flat payload (HVFLAT64)",
                refusal(new byte[100]));
        assertTrue(refusal(new byte[0]).contains("no Multiboot header"));
        assertTrue(refusal(b -> b.put(0, (byte) 'x')).contains("it is not an ELF file"));
    }

    @Test
    @DisplayName("Header with a wrong checksum is refused (Multiboot 3.1.2)")
    void wrongChecksum() {
        assertTrue(refusal(b -> b.putInt(HEADER + 8, 1)).contains("wrong checksum"));
    }

    @Test
    @DisplayName("Header that demands what we do not have is refused (Multiboot 3.1.2: flags 0 to 15 are requirements)")
    void unknownRequirement() {
        String line = refusal(b -> {
            b.putInt(HEADER + 4, 1 << 2);
            b.putInt(HEADER + 8, -(0x1BAD_B002 + (1 << 2)));
        });
        assertTrue(line.contains("features 0x4"), line);
    }

    @Test
    @DisplayName("64-bit ELF: says how to wrap it")
    void elf64() {
        assertTrue(refusal(b -> b.put(4, (byte) 2)).contains("64-bit ELF"));
    }

    @Test
    @DisplayName("Segments outside memory, below 1 MiB, overlapping or missing; entry outside: one line each")
    void badSegments() {
        assertTrue(refusal(b -> b.putInt(PROGRAM_HEADER + 12, 0x8000)).contains("link it at 1 MiB"));
        assertTrue(refusal(b -> b.putInt(PROGRAM_HEADER + 12, 0xFFFF_F000)).contains("give it more memory"));
        assertTrue(refusal(b -> b.putInt(PROGRAM_HEADER + 20, 17 << 20)).contains("give it more memory"));
        assertTrue(refusal(b -> b.putInt(PROGRAM_HEADER + 20, 1)).contains("larger in the file"));
        assertTrue(refusal(b -> b.putInt(PROGRAM_HEADER, 2)).contains("nothing to load"));
        assertTrue(refusal(b -> b.putInt(24, 0x20_0000)).contains("entry point 0x200000"));
        assertTrue(refusal(b -> {
                    for (int word = 0; word < 32; word += 4) {
                        b.putInt(PROGRAM_HEADER + 32 + word, b.getInt(PROGRAM_HEADER + word));
                    }
                })
                .contains("overlap"));
    }

    @Test
    @DisplayName("Headers that point behind the end of the file: truncated")
    void truncated() {
        assertTrue(refusal(b -> b.putInt(28, 0x7FFF_FFFF)).contains("truncated"));
        assertTrue(refusal(b -> b.putInt(28, -1)).contains("truncated"));
        assertTrue(refusal(b -> b.putShort(44, (short) -1)).contains("truncated"));
        assertTrue(refusal(b -> b.putInt(PROGRAM_HEADER + 4, -1)).contains("truncated"));
        byte[] image = image();
        assertTrue(refusal(Arrays.copyOf(image, image.length - 1)).contains("truncated"));
    }

    @Test
    @DisplayName("A module that does not fit is refused before anything starts")
    void moduleTooLarge() {
        BootSpec spec = TestImages.boot(image(), new byte[15 << 20], "");
        String line =
                assertThrows(ImageException.class, () -> ImageReader.read(spec)).getMessage();
        assertTrue(line.contains("module of 15728640 bytes"), line);
    }
}
