package hv.kvm.abi;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
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
 * Every C function that this bundle calls, and nothing else: the native boundary.
 *
 * <p>Handles are static finals, so that compiled code calls straight through them. Functions that set errno take a
 * segment of layout {@link #CAPTURE} from their caller, which {@link #errno} reads afterwards. Any thread.
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
    static final int SIGSET_BYTES = 128;

    /** Where a call leaves errno. */
    static final StructLayout CAPTURE = Linker.Option.captureStateLayout();

    private static final VarHandle ERRNO = CAPTURE.varHandle(MemoryLayout.PathElement.groupElement("errno"));
    private static final Linker LINKER = Linker.nativeLinker();
    private static final Linker.Option CAPTURES = Linker.Option.captureCallState("errno");
    private static final Linker.Option VARIADIC = Linker.Option.firstVariadicArg(2);

    private static final MethodHandle OPEN =
            find("open", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT), VARIADIC, CAPTURES);
    private static final MethodHandle CLOSE = find("close", FunctionDescriptor.of(JAVA_INT, JAVA_INT));
    private static final MethodHandle IOCTL =
            find("ioctl", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG), VARIADIC, CAPTURES);
    private static final MethodHandle IOCTL_UNCHECKED =
            find("ioctl", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG), VARIADIC);

    /** Functions for memory, looked up when the first of them is called: to ask /dev/kvm a question takes none. */
    private static final class Memory {
        static final MethodHandle MMAP = find(
                "mmap",
                FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG),
                CAPTURES);
        static final MethodHandle MUNMAP = find("munmap", FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_LONG));
        static final MethodHandle MPROTECT =
                find("mprotect", FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT), CAPTURES);
        static final MethodHandle MADVISE =
                find("madvise", FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT), CAPTURES);

        private Memory() {}
    }

    /** Functions for signals and for the time of threads, looked up when the first of them is called. */
    private static final class Threads {
        static final MethodHandle PTHREAD_SIGMASK =
                find("pthread_sigmask", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, ADDRESS));
        static final MethodHandle SIGTIMEDWAIT =
                find("sigtimedwait", FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, ADDRESS));
        static final MethodHandle CLOCK_GETTIME =
                find("clock_gettime", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS));
        static final MethodHandle GETTID = find("gettid", FunctionDescriptor.of(JAVA_INT));
        static final MethodHandle GETPID = find("getpid", FunctionDescriptor.of(JAVA_INT));
        static final MethodHandle TGKILL =
                find("tgkill", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT), CAPTURES);

        private Threads() {}
    }

    private LibC() {}

    private static MethodHandle find(String name, FunctionDescriptor type, Linker.Option... options) {
        MemorySegment function = LINKER.defaultLookup()
                .find(name)
                .orElseThrow(() -> new NoSuchElementException("the C library has no " + name));
        return LINKER.downcallHandle(function, type, options);
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
        try {
            return (int) OPEN.invokeExact(capture, path, flags);
        } catch (Throwable e) {
            throw impossible(e);
        }
    }

    static int close(int fd) {
        try {
            return (int) CLOSE.invokeExact(fd);
        } catch (Throwable e) {
            throw impossible(e);
        }
    }

    static int ioctl(MemorySegment capture, int fd, long request, long argument) {
        try {
            return (int) IOCTL.invokeExact(capture, fd, request, argument);
        } catch (Throwable e) {
            throw impossible(e);
        }
    }

    /** For a caller to whom it does not matter why it failed. */
    static int ioctlUnchecked(int fd, long request, long argument) {
        try {
            return (int) IOCTL_UNCHECKED.invokeExact(fd, request, argument);
        } catch (Throwable e) {
            throw impossible(e);
        }
    }

    /** The address, or -1. */
    static long mmap(MemorySegment capture, long bytes, int protection, int flags, int fd) {
        try {
            return (long) Memory.MMAP.invokeExact(capture, 0L, bytes, protection, flags, fd, 0L);
        } catch (Throwable e) {
            throw impossible(e);
        }
    }

    static int munmap(long address, long bytes) {
        try {
            return (int) Memory.MUNMAP.invokeExact(address, bytes);
        } catch (Throwable e) {
            throw impossible(e);
        }
    }

    static int mprotect(MemorySegment capture, long address, long bytes, int protection) {
        try {
            return (int) Memory.MPROTECT.invokeExact(capture, address, bytes, protection);
        } catch (Throwable e) {
            throw impossible(e);
        }
    }

    static int madvise(MemorySegment capture, long address, long bytes, int advice) {
        try {
            return (int) Memory.MADVISE.invokeExact(capture, address, bytes, advice);
        } catch (Throwable e) {
            throw impossible(e);
        }
    }

    /** 0, or the error itself (errno is not set). */
    static int pthreadSigmask(int how, MemorySegment set, MemorySegment old) {
        try {
            return (int) Threads.PTHREAD_SIGMASK.invokeExact(how, set, old);
        } catch (Throwable e) {
            throw impossible(e);
        }
    }

    /** The signal taken, or -1. */
    static int sigtimedwait(MemorySegment set, MemorySegment timeout) {
        try {
            return (int) Threads.SIGTIMEDWAIT.invokeExact(set, MemorySegment.NULL, timeout);
        } catch (Throwable e) {
            throw impossible(e);
        }
    }

    static int gettid() {
        try {
            return (int) Threads.GETTID.invokeExact();
        } catch (Throwable e) {
            throw impossible(e);
        }
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
        try {
            return (int) Threads.CLOCK_GETTIME.invokeExact(clock, timespec);
        } catch (Throwable e) {
            throw impossible(e);
        }
    }

    static int getpid() {
        try {
            return (int) Threads.GETPID.invokeExact();
        } catch (Throwable e) {
            throw impossible(e);
        }
    }

    static int tgkill(MemorySegment capture, int pid, int tid, int signal) {
        try {
            return (int) Threads.TGKILL.invokeExact(capture, pid, tid, signal);
        } catch (Throwable e) {
            throw impossible(e);
        }
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
