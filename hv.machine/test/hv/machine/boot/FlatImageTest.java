package hv.machine.boot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.api.CpuRegisters.Mode;
import hv.api.machine.BootState;
import hv.api.machine.Register;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class FlatImageTest {
    private static BootSpec spec(int codeBytes, int moduleBytes, String line) {
        byte[] module = new byte[moduleBytes];
        java.util.Arrays.fill(module, (byte) 0x5A);
        return TestImages.boot(TestImages.flat(new byte[codeBytes]), module, line);
    }

    @Test
    @DisplayName("Entry: 64-bit mode at 1 MiB, RSP 0x90000, RDI = boot info, page tables and GDT below 0x9000")
    void entryState() throws ImageException {
        BootState start = ImageReader.read(spec(10, 0, "")).start();
        assertEquals(Mode.LONG, start.mode());
        assertEquals(0x10_0000L, start.registers().get(Register.RIP));
        assertEquals(0x9_0000L, start.registers().get(Register.RSP));
        assertTrue(start.registers().get(Register.RDI) < 0x9000);
        assertTrue(start.pageTablesGpa() < 0x9000);
        assertTrue(start.gdtGpa() < 0x9000);
        assertEquals(23, start.gdtLimit());
    }

    @Test
    @DisplayName("Boot info: memory bytes, VPs, module address and size, command line")
    void bootInfo() throws ImageException {
        HeapMemory memory = new HeapMemory(16 * TestImages.MIB);
        Image image = ImageReader.read(spec(10, 100, "one two"));
        image.load(memory);
        long info = image.start().registers().get(Register.RDI);
        assertEquals(16 * TestImages.MIB, memory.getLong(info));
        assertEquals(1, memory.getLong(info + 8));
        assertEquals(0x40_0000, memory.getLong(info + 16));
        assertEquals(100, memory.getLong(info + 24));
        assertEquals("one two", memory.text(memory.getLong(info + 32)));
        assertEquals(0x5A5A_5A5A, memory.getInt(0x40_0000));
    }

    @Test
    @DisplayName("Without a module its address is 0")
    void noModule() throws ImageException {
        HeapMemory memory = new HeapMemory(16 * TestImages.MIB);
        Image image = ImageReader.read(spec(10, 0, ""));
        image.load(memory);
        long info = image.start().registers().get(Register.RDI);
        assertEquals(0, memory.getLong(info + 16));
        assertEquals(0, memory.getLong(info + 24));
    }

    @Test
    @DisplayName("Page tables map each of the first 4 GiB to itself: 2 MiB pages, present, writable, user")
    void identityMap() throws ImageException {
        HeapMemory memory = new HeapMemory(16 * TestImages.MIB);
        Image image = ImageReader.read(spec(10, 0, ""));
        image.load(memory);
        for (long address = 0; address < 4L << 30; address += 2 << 20) {
            long pdpt = memory.getLong(image.start().pageTablesGpa()) & -4096;
            long directory = memory.getLong(pdpt + 8 * (address >>> 30)) & -4096;
            assertEquals(address | 0x87, memory.getLong(directory + 8 * (address >>> 21 & 511)));
        }
    }

    @Test
    @DisplayName("Too large for memory, or into the module, or a module too large: one line each")
    void tooLarge() {
        assertTrue(refusal(spec(15 << 20, 0, "")).contains("exceed the guest's memory"));
        assertTrue(refusal(spec(3 << 20, 1, "")).contains("reach into the module"));
        assertTrue(refusal(spec(10, 13 << 20, "")).contains("module of 13631488 bytes"));
    }

    @Test
    @DisplayName("A command line that is too long, or not ASCII, is refused")
    void commandLine() {
        assertTrue(refusal(spec(10, 0, "x".repeat(3584))).contains("printable ASCII"));
        assertTrue(refusal(spec(10, 0, "a\nb")).contains("printable ASCII"));
        assertTrue(refusal(spec(10, 0, "\u00e9")).contains("printable ASCII"));
    }

    private static String refusal(BootSpec spec) {
        return assertThrows(ImageException.class, () -> ImageReader.read(spec)).getMessage();
    }
}
