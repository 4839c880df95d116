package hv.kvm.abi;

import hv.kvm.error.KvmException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/**
 * The host's time stamp counter. Java has no RDTSC, so a page of this process holds one:
 * {@code lfence; rdtsc; shl $32,%rdx; or %rdx,%rax; ret}. The fence keeps the reading from being taken before what the
 * caller did first. The page is made once and stays as long as the JVM. Any thread; some 20 ns.
 */
public final class HostTsc {
    private static final byte[] CODE = {
        0x0F,
        (byte) 0xAE,
        (byte) 0xE8,
        0x0F,
        0x31,
        0x48,
        (byte) 0xC1,
        (byte) 0xE2,
        0x20,
        0x48,
        0x09,
        (byte) 0xD0,
        (byte) 0xC3
    };

    private static final String NO_CODE =
            "this process may not make code (SELinux, MemoryDenyWriteExecute): allow it, or run with --backend hosted";
    private static final KvmException PROBLEM;
    private static final MethodHandle READ;

    static {
        KvmException problem = null;
        long place = 0;
        try {
            place = place();
        } catch (KvmException e) {
            problem = e;
        }
        PROBLEM = problem;
        READ = problem == null ? LibC.leaf(place) : null;
    }

    private HostTsc() {}

    /**
     * To be called before {@link #read}.
     *
     * @throws KvmException if this process may not have such a page
     */
    public static void require() {
        if (PROBLEM != null) {
            throw new KvmException(PROBLEM.getMessage(), PROBLEM);
        }
    }

    public static long read() {
        try {
            return (long) READ.invokeExact();
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    private static long place() {
        MemorySegment page = Mapping.anonymous(4096, Arena.global());
        MemorySegment.copy(CODE, 0, page, ValueLayout.JAVA_BYTE, 0, CODE.length);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment capture = arena.allocate(LibC.CAPTURE);
            if (LibC.mprotect(capture, page.address(), 4096, LibC.PROT_READ | LibC.PROT_EXEC) < 0) {
                throw Errno.refusal("mprotect(PROT_EXEC)", LibC.errno(capture), NO_CODE);
            }
        }
        return page.address();
    }
}
