package hv.machine.boot;

import hv.api.GuestMemory;
import hv.machine.boot.ElfHeaders.Segment;
import java.lang.foreign.MemorySegment;

/**
 * An uncompressed kernel: its segments go to their physical addresses, where it is entered without anything running
 * before it. Of its file only the segments are read, however large it is.
 */
final class Vmlinux implements LinuxKernel {
    private final MemorySegment file;
    private final ElfHeaders elf;

    private Vmlinux(MemorySegment file, ElfHeaders elf) {
        this.file = file;
        this.elf = elf;
    }

    static Vmlinux read(MemorySegment file, String name) throws ImageException {
        byte[] head = ImageFile.head(file, ElfHeaders.HEAD_BYTES);
        ElfHeaders elf = ElfHeaders.read(head, name, LowMemory.ONE_MIB, LowMemory.LOW_RAM_LIMIT);
        if (elf.fileEnd() > file.byteSize()) {
            throw truncated(name, file.byteSize(), elf.fileEnd());
        }
        return new Vmlinux(file, elf);
    }

    static ImageException truncated(String name, long bytes, long wanted) {
        return new ImageException(
                name,
                "its kernel is truncated, it has %d bytes of %d: copy or build it again".formatted(bytes, wanted));
    }

    @Override
    public long entry() {
        return elf.entry();
    }

    @Override
    public long end() {
        return elf.end();
    }

    @Override
    public long unpackedBytes() {
        return 0;
    }

    @Override
    public void load(GuestMemory memory) {
        for (Segment segment : elf.segments()) {
            ImageFile.copy(file.asSlice(segment.offset(), segment.fileBytes()), memory, segment.gpa());
        }
    }
}
