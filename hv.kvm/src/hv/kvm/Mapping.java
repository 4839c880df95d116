package hv.kvm;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Memory maps whose life ends with an arena: once the arena is closed an access throws instead of touching what is not
 * there any more, also from a thread that lost the race.
 */
final class Mapping {
    private Mapping() {}

    /** Zeroed pages of private memory; the host commits to them when they are touched. */
    static MemorySegment anonymous(long bytes, Arena arena) {
        int flags = LibC.MAP_PRIVATE | LibC.MAP_ANONYMOUS | LibC.MAP_NORESERVE;
        return map("guest memory", bytes, flags, -1, arena);
    }

    /** The first {@code bytes} of a file of the KVM API, shared with the kernel. */
    static MemorySegment of(Handle file, long bytes, Arena arena) {
        return map(file.what(), bytes, LibC.MAP_SHARED, file.fd(), arena);
    }

    /** Has all of {@code anonymous} read as zero again and gives its pages back to the host. */
    static void clear(MemorySegment anonymous) {
        if (anonymous.byteSize() == 0) {
            return;
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment capture = arena.allocate(LibC.CAPTURE);
            if (LibC.madvise(capture, anonymous.address(), anonymous.byteSize(), LibC.MADV_DONTNEED) < 0) {
                throw KvmException.of("madvise(guest memory, MADV_DONTNEED)", LibC.errno(capture));
            }
        }
    }

    private static MemorySegment map(String what, long bytes, int flags, int fd, Arena arena) {
        try (Arena scratch = Arena.ofConfined()) {
            MemorySegment capture = scratch.allocate(LibC.CAPTURE);
            long address = LibC.mmap(capture, bytes, LibC.PROT_READ | LibC.PROT_WRITE, flags, fd);
            if (address == -1) {
                throw KvmException.of("mmap(%s, %d bytes)".formatted(what, bytes), LibC.errno(capture));
            }
            return LibC.segment(address, bytes, arena, () -> LibC.munmap(address, bytes));
        }
    }
}
