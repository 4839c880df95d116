package hv.kvm.abi;

import hv.kvm.error.KvmException;
import hv.kvm.layout.KvmEnableCap;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * An open file of the KVM API: the device, a VM or a vCPU. Its methods name themselves in what they throw; the run
 * loop, which must not allocate, goes to {@link LibC} with {@link #fd} instead. Any thread; closed once, by its owner.
 *
 * @param fd file descriptor
 * @param what for messages, as "vCPU 3"
 */
public record Handle(int fd, String what) implements AutoCloseable {
    /**
     * Makes a request.
     *
     * @param argument a number, or the address of a structure
     * @return what it returned, 0 or more
     * @throws KvmException if it failed
     */
    public int call(Ioctl request, long argument) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment capture = arena.allocate(LibC.CAPTURE);
            int result = LibC.ioctl(capture, fd, request.number, argument);
            if (result < 0) {
                throw Errno.refusal("ioctl(%s, %s, 0x%x)".formatted(what, request, argument), LibC.errno(capture));
            }
            return result;
        }
    }

    /** As {@link #call(Ioctl, long)} with the address of {@code structure}. */
    public int call(Ioctl request, MemorySegment structure) {
        return call(request, structure.address());
    }

    /** As {@link #call(Ioctl, MemorySegment)}, and whether it worked instead of an exception. */
    public boolean works(Ioctl request, MemorySegment structure) {
        return works(request, structure.address());
    }

    /** As {@link #works(Ioctl, MemorySegment)} with the structure's address; does not allocate. */
    public boolean works(Ioctl request, long structure) {
        return LibC.ioctlUnchecked(fd, request.number, structure) >= 0;
    }

    /**
     * As {@link #works(Ioctl, long)}, and why not; does not allocate.
     *
     * @param capture of layout {@link LibC#CAPTURE}, for this call alone
     * @return 0, or the error
     */
    public int error(Ioctl request, long structure, MemorySegment capture) {
        return LibC.ioctl(capture, fd, request.number, structure) < 0 ? LibC.errno(capture) : 0;
    }

    /** Room for what {@link #error} needs, as long as {@code arena} lives. */
    public static MemorySegment capture(Arena arena) {
        return arena.allocate(LibC.CAPTURE);
    }

    /** What KVM_CHECK_EXTENSION says; 0 means that it is not there. */
    public int extension(int capability) {
        return Math.max(0, LibC.ioctlUnchecked(fd, Ioctl.KVM_CHECK_EXTENSION.number, capability));
    }

    /** Switches a capability on. */
    public void enable(int capability, long argument) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment structure = arena.allocate(KvmEnableCap.BYTES, 8);
            structure.set(ValueLayout.JAVA_INT, KvmEnableCap.CAP, capability);
            structure.set(ValueLayout.JAVA_LONG, KvmEnableCap.ARGS, argument);
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
