package hv.kvm;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * An open file of the KVM API: the device, a VM or a vCPU. Its methods name themselves in what they throw; the run
 * loop, which must not allocate, goes to {@link LibC} with {@link #fd} instead. Any thread; closed once, by its owner.
 *
 * @param fd file descriptor
 * @param what for messages, as "vCPU 3"
 */
record Handle(int fd, String what) implements AutoCloseable {
    /**
     * Makes a request.
     *
     * @param argument a number, or the address of a structure
     * @return what it returned, 0 or more
     * @throws KvmException if it failed
     */
    int call(Ioctl request, long argument) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment capture = arena.allocate(LibC.CAPTURE);
            int result = LibC.ioctl(capture, fd, request.number, argument);
            if (result < 0) {
                throw KvmException.of("ioctl(%s, %s, 0x%x)".formatted(what, request, argument), LibC.errno(capture));
            }
            return result;
        }
    }

    /** As {@link #call(Ioctl, long)} with the address of {@code structure}. */
    int call(Ioctl request, MemorySegment structure) {
        return call(request, structure.address());
    }

    /** As {@link #call(Ioctl, MemorySegment)}, and whether it worked instead of an exception. */
    boolean works(Ioctl request, MemorySegment structure) {
        return LibC.ioctlUnchecked(fd, request.number, structure.address()) >= 0;
    }

    /** What KVM_CHECK_EXTENSION says; 0 means that it is not there. */
    int extension(int capability) {
        return Math.max(0, LibC.ioctlUnchecked(fd, Ioctl.KVM_CHECK_EXTENSION.number, capability));
    }

    /** Switches a capability on. */
    void enable(int capability, long argument) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment structure = arena.allocate(104, 8);
            structure.set(java.lang.foreign.ValueLayout.JAVA_INT, 0, capability);
            structure.set(java.lang.foreign.ValueLayout.JAVA_LONG, 8, argument);
            int result = LibC.ioctlUnchecked(fd, Ioctl.KVM_ENABLE_CAP.number, structure.address());
            if (result < 0) {
                throw new KvmException("ioctl(%s, KVM_ENABLE_CAP, capability %d, 0x%x) failed: %s"
                        .formatted(what, capability, argument, Errno.advice(Errno.EINVAL)));
            }
        }
    }

    @Override
    public void close() {
        LibC.close(fd);
    }
}
