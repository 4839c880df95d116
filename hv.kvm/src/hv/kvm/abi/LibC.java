package hv.kvm.abi;

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
 * Every system call that this bundle makes, and nothing else: the native boundary.
 *
 * <p>Handles are static finals, so that compiled code calls straight through them. Whoever wants to know why a call
 * failed gives it a segment of layout {@link #CAPTURE}, which {@link #errno} reads afterwards. What segments of others
 * hold is read by their address: the caller keeps them open until the call is back. Any thread.
 */
@SuppressWarnings("restricted")
final class LibC {
    static final int PROT_READ = 1;
    static final int PROT_WRITE = 2;
    static final int PROT_EXEC = 4;
    static final int MAP_SHARED = 1;
    static final int MAP_PRIVATE = 2;
    static final int MAP_ANONYMOUS = 0x20;
    static final int MAP_NORESERVE = 0x4000;
    static final int MADV_DONTNEED = 4;
    static final int MADV_HUGEPAGE = 14;
    static final int O_RDWR = 2;
    static final int O_CLOEXEC = 0x80000;
    static final int SIG_BLOCK = 0;
    /** Size of a set of signals, as the kernel has it. */
    static final int SIGSET_BYTES = 8;

    /** Where a call leaves errno. */
    static final StructLayout CAPTURE = Linker.Option.captureStateLayout();

    private static final VarHandle ERRNO = CAPTURE.varHandle(MemoryLayout.PathElement.groupElement("errno"));
    private static final Linker LINKER = Linker.nativeLinker();
    private static final Linker.Option CAPTURES = Linker.Option.captureCallState("errno");

    /**
     * The C function {@code syscall}. All calls go through it, since a function that Java is to call takes a while to
     * be made ready, for each list of arguments anew.
     */
    private static final MethodHandle SYSCALL = LINKER.downcallHandle(
            LINKER.defaultLookup()
                    .find("syscall")
                    .orElseThrow(() -> new NoSuchElementException("the C library has no syscall")),
            FunctionDescriptor.of(
                    JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG),
            Linker.Option.firstVariadicArg(1),
            CAPTURES);

    /** For callers to whom it does not matter why a call failed. */
    private static final MemorySegment IGNORED = Arena.global().allocate(CAPTURE);

    // Numbers of system calls on x86-64.
    private static final long CLOSE = 3;
    private static final long MMAP = 9;
    private static final long MPROTECT = 10;
    private static final long MUNMAP = 11;
    private static final long RT_SIGPROCMASK = 14;
    private static final long IOCTL = 16;
    private static final long MADVISE = 28;
    private static final long GETPID = 39;
    private static final long RT_SIGTIMEDWAIT = 128;
    private static final long GETTID = 186;
    private static final long CLOCK_GETTIME = 228;
    private static final long TGKILL = 234;
    private static final long OPENAT = 257;

    private static final long AT_FDCWD = -100;

    private LibC() {}

    private static long syscall(MemorySegment capture, long number, long a, long b, long c, long d, long e, long f) {
        try {
            return (long) SYSCALL.invokeExact(capture, number, a, b, c, d, e, f);
        } catch (Throwable thrown) {
            throw impossible(thrown);
        }
    }

    private static long syscall(MemorySegment capture, long number, long a, long b, long c) {
        return syscall(capture, number, a, b, c, 0, 0, 0);
    }

    /** A function at {@code address} without arguments that returns 64 bits at once and never blocks. */
    static MethodHandle leaf(long address) {
        return LINKER.downcallHandle(
                MemorySegment.ofAddress(address), FunctionDescriptor.of(JAVA_LONG), Linker.Option.critical(false));
    }

    /**
     * {@code bytes} of memory at {@code address}, accessible until {@code arena} is closed, which then runs {@code
     * cleanup}.
     */
    static MemorySegment segment(long address, long bytes, Arena arena, Runnable cleanup) {
        return MemorySegment.ofAddress(address).reinterpret(bytes, arena, unused -> cleanup.run());
    }

    /** errno of the last call that was given {@code capture}. */
    static int errno(MemorySegment capture) {
        return (int) ERRNO.get(capture, 0L);
    }

    static int open(MemorySegment capture, MemorySegment path, int flags) {
        return (int) syscall(capture, OPENAT, AT_FDCWD, path.address(), flags);
    }

    static int close(int fd) {
        return (int) syscall(IGNORED, CLOSE, fd, 0, 0);
    }

    static int ioctl(MemorySegment capture, int fd, long request, long argument) {
        return (int) syscall(capture, IOCTL, fd, request, argument);
    }

    /** For a caller to whom it does not matter why it failed. */
    static int ioctlUnchecked(int fd, long request, long argument) {
        return ioctl(IGNORED, fd, request, argument);
    }

    /** The address, or -1. */
    static long mmap(MemorySegment capture, long bytes, int protection, int flags, int fd) {
        return syscall(capture, MMAP, 0, bytes, protection, flags, fd, 0);
    }

    static int munmap(long address, long bytes) {
        return (int) syscall(IGNORED, MUNMAP, address, bytes, 0);
    }

    static int mprotect(MemorySegment capture, long address, long bytes, int protection) {
        return (int) syscall(capture, MPROTECT, address, bytes, protection);
    }

    static int madvise(MemorySegment capture, long address, long bytes, int advice) {
        return (int) syscall(capture, MADVISE, address, bytes, advice);
    }

    /** 0, or -1. */
    static int sigprocmask(MemorySegment capture, int how, MemorySegment set, MemorySegment old) {
        return (int) syscall(capture, RT_SIGPROCMASK, how, set.address(), old.address(), SIGSET_BYTES, 0, 0);
    }

    /** The signal taken, or -1. */
    static int sigtimedwait(MemorySegment set, MemorySegment timeout) {
        return (int) syscall(IGNORED, RT_SIGTIMEDWAIT, set.address(), 0, timeout.address(), SIGSET_BYTES, 0, 0);
    }

    static int gettid() {
        return (int) syscall(IGNORED, GETTID, 0, 0, 0);
    }

    /**
     * The clock of a thread's processor time, for any thread of this process: the kernel's encoding of thread ids as
     * clocks.
     */
    static int threadCpuClock(int tid) {
        return ~tid << 3 | 6;
    }

    /** 0, or -1 if the clock is not known. */
    static int clockGettime(int clock, MemorySegment timespec) {
        return (int) syscall(IGNORED, CLOCK_GETTIME, clock, timespec.address(), 0);
    }

    static int getpid() {
        return (int) syscall(IGNORED, GETPID, 0, 0, 0);
    }

    static int tgkill(MemorySegment capture, int pid, int tid, int signal) {
        return (int) syscall(capture, TGKILL, pid, tid, signal);
    }

    /** A downcall throws nothing of its own; what comes here is a fault of the JVM (no memory, wrong thread). */
    private static RuntimeException impossible(Throwable e) {
        if (e instanceof RuntimeException runtime) {
            throw runtime;
        }
        if (e instanceof Error error) {
            throw error;
        }
        return new IllegalStateException(e);
    }
}
