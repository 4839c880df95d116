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
        Loader loader = new Loader(memory);
        packed.unpack(loader);
        if (loader.position < loader.wanted()) {
            throw new ImageException(
                    name,
                    "its kernel is truncated, it has %d bytes of %d: copy or build it again"
                            .formatted(loader.position, loader.wanted()));
        }
    }

    /** Copies of each piece what belongs to segments. */
    private final class Loader implements Packed.Sink {
        private final GuestMemory memory;
        private long position;

        private Loader(GuestMemory memory) {
            this.memory = memory;
        }

        private long wanted() {
            return elf.segments().stream()
                    .mapToLong(segment -> segment.offset() + segment.fileBytes())
                    .max()
                    .orElse(0);
        }

        @Override
        public boolean accept(byte[] bytes, int offset, int length) {
            for (Segment segment : elf.segments()) {
                long from = Math.max(segment.offset(), position);
                long to = Math.min(segment.offset() + segment.fileBytes(), position + length);
                if (from < to) {
                    memory.write(segment.gpa() + from - segment.offset(), bytes, (int) (offset + from - position), (int)
                            (to - from));
                }
            }
            position += length;
            return true;
        }
    }
}
