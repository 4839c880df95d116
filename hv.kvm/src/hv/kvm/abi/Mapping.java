package hv.kvm.abi;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Memory maps whose life ends with an arena: once the arena is closed an access throws instead of touching what is not
 * there any more, also from a thread that lost the race.
 */
public final class Mapping {
    private static final long LARGE_PAGE_BYTES = 2 << 20;

    private Mapping() {}

    /**
     * Zeroed pages of private memory; the host commits to them when they are touched. From 2 MiB on they are aligned so
     * that the host can give them large pages, and it is asked to: a guest that is being loaded touches all of its
     * memory once, and each page costs a fault.
     */
    public static MemorySegment anonymous(long bytes, Arena arena) {
        int flags = LibC.MAP_PRIVATE | LibC.MAP_ANONYMOUS | LibC.MAP_NORESERVE;
        if (bytes < LARGE_PAGE_BYTES) {
            return map("guest memory", bytes, flags, -1, arena);
        }
        MemorySegment roomy = map("guest memory", bytes + LARGE_PAGE_BYTES, flags, -1, arena);
        MemorySegment aligned = roomy.asSlice(-roomy.address() & (LARGE_PAGE_BYTES - 1), bytes);
        try (Arena scratch = Arena.ofConfined()) {
            // Only an advice: without it, or with a host that has no large pages, memory is as good and slower.
            LibC.madvise(scratch.allocate(LibC.CAPTURE), aligned.address(), bytes, LibC.MADV_HUGEPAGE);
        }
        return aligned;
    }

    /** The first {@code bytes} of a file of the KVM API, shared with the kernel. */
    static MemorySegment of(Handle file, long bytes, Arena arena) {
        return map(file.what(), bytes, LibC.MAP_SHARED, file.fd(), arena);
    }

    /** Has all of {@code anonymous} read as zero again and gives its pages back to the host. */
    public static void clear(MemorySegment anonymous) {
        if (anonymous.byteSize() == 0) {
            return;
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment capture = arena.allocate(LibC.CAPTURE);
            if (LibC.madvise(capture, anonymous.address(), anonymous.byteSize(), LibC.MADV_DONTNEED) < 0) {
                throw Errno.refusal("madvise(guest memory, MADV_DONTNEED)", LibC.errno(capture));
            }
        }
    }

    private static MemorySegment map(String what, long bytes, int flags, int fd, Arena arena) {
        try (Arena scratch = Arena.ofConfined()) {
            MemorySegment capture = scratch.allocate(LibC.CAPTURE);
            long address = LibC.mmap(capture, bytes, LibC.PROT_READ | LibC.PROT_WRITE, flags, fd);
            if (address == -1) {
                throw Errno.refusal("mmap(%s, %d bytes)".formatted(what, bytes), LibC.errno(capture));
            }
            return LibC.segment(address, bytes, arena, () -> LibC.munmap(address, bytes));
        }
    }
}
