package hv.machine.boot;

import hv.api.GuestMemory;
import hv.api.machine.BootState;
import hv.api.machine.Register;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * A Multiboot 1 kernel in an ELF32 file, loaded by its program headers.
 *
 * <p>The guest starts in 32-bit protected mode: paging and interrupts off, flat segments, EAX = 0x2BADB002, EBX = the
 * information structure at 0x9000 with memory sizes, command line (first word: the file's name), memory map and, if
 * there is one, the module, which lies on the page behind the image.
 */
final class MultibootImage implements Image {
    private static final long LOADER_MAGIC = 0x2BAD_B002L;

    private static final int INFO_MEMORY = 1;
    private static final int INFO_COMMAND_LINE = 1 << 2;
    private static final int INFO_MODULES = 1 << 3;
    private static final int INFO_MEMORY_MAP = 1 << 6;

    private static final int MAP_ENTRY_BYTES = 24;

    private final BootSpec spec;
    private final ElfFile elf;
    private final long module;
    private final byte[] commandLine;

    private MultibootImage(BootSpec spec, ElfFile elf, long module) {
        this.spec = spec;
        this.elf = elf;
        this.module = module;
        String words = spec.commandLine().isEmpty() ? "" : " " + spec.commandLine();
        this.commandLine = (firstWord(spec.imageName()) + words).getBytes(StandardCharsets.US_ASCII);
    }

    /** A name as one word that fits in front of the longest command line. */
    private static String firstWord(String name) {
        String word = name.substring(name.lastIndexOf('/') + 1).replaceAll("[^!-~]", "_");
        return word.substring(0, Math.min(word.length(), 64));
    }

    /** Reads a file that begins with {@code head}. */
    static MultibootImage read(BootSpec spec, byte[] head) throws ImageException {
        MultibootHeader.check(head, spec.imageName());
        long lowEnd = LowMemory.lowEnd(spec.memoryBytes());
        ElfFile elf = ElfFile.read(spec.image().bytes(), spec.imageName(), LowMemory.ONE_MIB, lowEnd);
        long module = elf.end() + GuestMemory.PAGE_BYTES - 1 & -GuestMemory.PAGE_BYTES;
        if (module + spec.module().size() > lowEnd) {
            throw new ImageException(
                    spec.imageName(),
                    "a module of %d bytes does not fit the guest's memory: give it more memory"
                            .formatted(spec.module().size()));
        }
        return new MultibootImage(spec, elf, module);
    }

    @Override
    public void load(GuestMemory memory) {
        elf.load(memory);
        long lowEnd = LowMemory.lowEnd(spec.memoryBytes());
        boolean hasModule = spec.module().size() > 0;
        long info = LowMemory.MULTIBOOT_INFO;
        memory.putInt(info, INFO_MEMORY | INFO_COMMAND_LINE | INFO_MEMORY_MAP | (hasModule ? INFO_MODULES : 0));
        memory.putInt(info + 4, (int) (LowMemory.CONVENTIONAL_END >>> 10));
        memory.putInt(info + 8, (int) (lowEnd - LowMemory.ONE_MIB >>> 10));
        memory.putInt(info + 16, (int) LowMemory.MULTIBOOT_COMMAND_LINE);
        memory.write(LowMemory.MULTIBOOT_COMMAND_LINE, commandLine, 0, commandLine.length);
        if (hasModule) {
            ImageFile.copy(spec.module().bytes(), memory, module);
            memory.putInt(info + 20, 1);
            memory.putInt(info + 24, (int) LowMemory.MULTIBOOT_MODULE);
            memory.putInt(LowMemory.MULTIBOOT_MODULE, (int) module);
            memory.putInt(LowMemory.MULTIBOOT_MODULE + 4, (int)
                    (module + spec.module().size()));
        }
        memory.putInt(info + 44, memoryMap(memory));
        memory.putInt(info + 48, (int) LowMemory.MULTIBOOT_MEMORY_MAP);
    }

    /** Writes the map and returns its size in bytes. */
    private int memoryMap(GuestMemory memory) {
        List<MemoryMap.Range> ranges = MemoryMap.of(spec.memoryBytes());
        long at = LowMemory.MULTIBOOT_MEMORY_MAP;
        for (MemoryMap.Range range : ranges) {
            memory.putInt(at, MAP_ENTRY_BYTES - 4);
            memory.putLong(at + 4, range.from());
            memory.putLong(at + 12, range.to() - range.from());
            memory.putInt(at + 20, range.type());
            at += MAP_ENTRY_BYTES;
        }
        return ranges.size() * MAP_ENTRY_BYTES;
    }

    @Override
    public BootState start() {
        return BootState.protectedMode(elf.entry())
                .with(Register.RAX, LOADER_MAGIC)
                .with(Register.RBX, LowMemory.MULTIBOOT_INFO);
    }
}
