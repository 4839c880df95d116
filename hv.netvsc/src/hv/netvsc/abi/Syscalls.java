package hv.netvsc.abi;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.util.NoSuchElementException;

/** Every system call that this bundle makes, with the numbers of Linux on x86-64. Any thread. */
@SuppressWarnings("restricted")
final class Syscalls {
    static final long WRITE = 1;
    static final long CLOSE = 3;
    static final long POLL = 7;
    static final long IOCTL = 16;
    static final long READV = 19;
    static final long WRITEV = 20;
    static final long OPENAT = 257;
    static final long EVENTFD2 = 290;
    static final int EINTR = 4;
    static final int EAGAIN = 11;

    private static final StructLayout CAPTURE = Linker.Option.captureStateLayout();
    private static final VarHandle ERRNO = CAPTURE.varHandle(MemoryLayout.PathElement.groupElement("errno"));
    private static final Linker LINKER = Linker.nativeLinker();

    /** With one argument more than the function looks at: memory that stays mapped for the length of the call. */
    private static final MethodHandle SYSCALL = LINKER.downcallHandle(
            LINKER.defaultLookup()
                    .find("syscall")
                    .orElseThrow(() -> new NoSuchElementException("the C library has no syscall")),
            FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, ADDRESS),
            Linker.Option.firstVariadicArg(1),
            Linker.Option.captureCallState("errno"));

    private Syscalls() {}

    /** Room for errno, for one thread at a time. */
    static MemorySegment capture(Arena arena) {
        return arena.allocate(CAPTURE);
    }

    /** What it returned, or errno as a negative number. */
    static long call(MemorySegment capture, MemorySegment kept, long number, long a, long b, long c, long d) {
        long result;
        try {
            result = (long) SYSCALL.invokeExact(capture, number, a, b, c, d, kept);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
        return result >= 0 ? result : -(int) ERRNO.get(capture, 0L);
    }

    /** As above, for a call that happens rarely. */
    static long call(long number, long a, long b, long c, long d) {
        try (Arena arena = Arena.ofConfined()) {
            return call(capture(arena), MemorySegment.NULL, number, a, b, c, d);
        }
    }

    /** Why a call failed, for people. */
    static String name(long result) {
        return switch ((int) -result) {
            case 1 -> "EPERM, not permitted";
            case 2 -> "ENOENT, there is no such file";
            case 5 -> "EIO, the interface is down";
            case 13 -> "EACCES, not permitted";
            case 16 -> "EBUSY, somebody else uses it";
            case 19 -> "ENODEV, there is no such device";
            case 22 -> "EINVAL, it is no TAP";
            case 77 -> "EBADFD, it has been removed";
            default -> "errno " + -result;
        };
    }
}
