package hv.machine.boot;

import hv.api.GuestMemory;
import hv.machine.boot.ElfHeaders.Segment;

/**
 * A compressed kernel that is unpacked here, as {@link Vmlinux} otherwise. What unpacks a bzImage would also choose a
 * random place for it (KASLR); entered this way it runs where it was linked.
 *
 * <p>It is unpacked for every load, and written to the guest's memory as its bytes come, so that not more of it is on
 * the heap than the piece that is being unpacked; and no further than its last segment, whatever the file holds behind
 * it.
 */
final class PackedKernel implements LinuxKernel {
    private final Packed packed;
    private final String name;
    private final ElfHeaders elf;

    private PackedKernel(Packed packed, String name, ElfHeaders elf) {
        this.packed = packed;
        this.name = name;
        this.elf = elf;
    }

    static PackedKernel read(Packed packed, String name) throws ImageException {
        byte[] head = packed.head(ElfHeaders.HEAD_BYTES);
        return new PackedKernel(packed, name, ElfHeaders.read(head, name, LowMemory.ONE_MIB, LowMemory.LOW_RAM_LIMIT));
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
        return elf.fileEnd();
    }

    @Override
    public void load(GuestMemory memory) throws ImageException {
        long wanted = elf.fileEnd();
        long bytes = packed.unpack(wanted, (position, piece, length) -> load(memory, position, piece, length));
        if (bytes < wanted) {
            throw Vmlinux.truncated(name, bytes, wanted);
        }
    }

    /** Copies of a piece what belongs to segments. */
    private void load(GuestMemory memory, long position, byte[] bytes, int length) {
        for (Segment segment : elf.segments()) {
            long from = Math.max(segment.offset(), position);
            long to = Math.min(segment.offset() + segment.fileBytes(), position + length);
            if (from < to) {
                memory.write(
                        segment.gpa() + from - segment.offset(), bytes, (int) (from - position), (int) (to - from));
            }
        }
    }
}
