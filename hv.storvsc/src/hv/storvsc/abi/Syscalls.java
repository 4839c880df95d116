package hv.storvsc.abi;

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

/**
 * Every system call that this bundle makes: the native boundary. The numbers are those of Linux on x86-64. Any thread.
 */
@SuppressWarnings("restricted")
final class Syscalls {
    static final long CLOSE = 3;
    static final long LSEEK = 8;
    static final long FLOCK = 73;
    static final long FDATASYNC = 75;
    static final long FTRUNCATE = 77;
    static final long OPENAT = 257;
    static final long FALLOCATE = 285;
    static final long PREADV2 = 327;
    static final long PWRITEV2 = 328;

    private static final StructLayout CAPTURE = Linker.Option.captureStateLayout();
    private static final VarHandle ERRNO = CAPTURE.varHandle(MemoryLayout.PathElement.groupElement("errno"));
    private static final Linker LINKER = Linker.nativeLinker();

    /**
     * The C function {@code syscall}, with one argument more than it looks at: a segment that the call keeps open, so
     * that guest memory which the kernel is writing at this moment is not unmapped under it.
     */
    private static final MethodHandle SYSCALL = LINKER.downcallHandle(
            LINKER.defaultLookup()
                    .find("syscall")
                    .orElseThrow(() -> new NoSuchElementException("the C library has no syscall")),
            FunctionDescriptor.of(
                    JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, ADDRESS),
            Linker.Option.firstVariadicArg(1),
            Linker.Option.captureCallState("errno"));

    private Syscalls() {}

    /** Room for errno, for one thread at a time. */
    static MemorySegment capture(Arena arena) {
        return arena.allocate(CAPTURE);
    }

    /** What it returned, or errno as a negative number. Allocates nothing. */
    static long call(MemorySegment capture, MemorySegment kept, long number, long a, long b, long c, long d, long f) {
        long result;
        try {
            // Of a position the kernel takes the upper half separately, and on 64 bits leaves it out of account.
            result = (long) SYSCALL.invokeExact(capture, number, a, b, c, d, 0L, f, kept);
        } catch (Throwable thrown) {
            throw impossible(thrown);
        }
        return result >= 0 ? result : -(int) ERRNO.get(capture, 0L);
    }

    /** As above, for a call that happens rarely. */
    static long call(long number, long a, long b, long c, long d) {
        try (Arena arena = Arena.ofConfined()) {
            return call(capture(arena), MemorySegment.NULL, number, a, b, c, d, 0);
        }
    }

    /** A downcall throws nothing of its own; what comes here is a fault of the JVM, or memory that has been closed. */
    private static RuntimeException impossible(Throwable e) {
        if (e instanceof RuntimeException runtime) {
            return runtime;
        }
        if (e instanceof Error error) {
            throw error;
        }
        return new IllegalStateException(e);
    }
}
