package hv.machine;

import hv.api.GuestMemory;
import hv.machine.ElfHeaders.Segment;

/**
 * An uncompressed kernel: its segments go to their physical addresses, where it is entered without anything running
 * before it. What unpacks a bzImage would also choose a random place for it (KASLR); entered this way it runs where it
 * was linked.
 *
 * <p>It is read again for every load, and written to the guest's memory as its bytes come, so that not more of it is on
 * the heap than the piece that is being unpacked.
 */
final class Vmlinux implements LinuxKernel {
    private final Packed packed;
    private final String name;
    private final ElfHeaders elf;

    private Vmlinux(Packed packed, String name, ElfHeaders elf) {
        this.packed = packed;
        this.name = name;
        this.elf = elf;
    }

    static Vmlinux read(Packed packed, String name) throws ImageException {
        byte[] head = packed.head(ElfHeaders.HEAD_BYTES);
        return new Vmlinux(packed, name, ElfHeaders.read(head, name, LowMemory.ONE_MIB, LowMemory.LOW_RAM_LIMIT));
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
    public void load(GuestMemory memory) throws ImageException {
        long bytes = packed.unpack((position, piece, length) -> load(memory, position, piece, length));
        long wanted = elf.segments().stream()
                .mapToLong(segment -> segment.offset() + segment.fileBytes())
                .max()
                .orElse(0);
        if (bytes < wanted) {
            throw new ImageException(
                    name,
                    "its kernel is truncated, it has %d bytes of %d: copy or build it again".formatted(bytes, wanted));
        }
    }

    /** Copies of a piece what belongs to segments. */
    private boolean load(GuestMemory memory, long position, byte[] bytes, int length) {
        for (Segment segment : elf.segments()) {
            long from = Math.max(segment.offset(), position);
            long to = Math.min(segment.offset() + segment.fileBytes(), position + length);
            if (from < to) {
                memory.write(
                        segment.gpa() + from - segment.offset(), bytes, (int) (from - position), (int) (to - from));
            }
        }
        return true;
    }
}
