package hv.kvm.abi;

import hv.kvm.layout.Timespec;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** The processor time of one thread, readable from any, also when the thread has ended. */
public final class ThreadClock {
    private final MemorySegment own;

    /** The kernel's number of the clock; 0 while there is none. */
    private volatile int clock;

    private volatile long endedAt100ns;

    /** For a thread that has not started; memory lives as long as {@code arena}. */
    public ThreadClock(Arena arena) {
        own = arena.allocate(Timespec.BYTES, 8);
    }

    /** On the thread, at its start. */
    public void start() {
        clock = LibC.threadCpuClock(LibC.gettid());
    }

    /** On the thread, at its end. */
    public void stop() {
        endedAt100ns = ownTime100ns();
        clock = 0;
    }

    /** In units of 100 ns, without allocating. On the thread. */
    public long ownTime100ns() {
        return read100ns(own);
    }

    /** In units of 100 ns: 0 before the thread runs, and what it was when it has ended. Any thread. */
    public long time100ns() {
        try (Arena scratch = Arena.ofConfined()) {
            return read100ns(scratch.allocate(Timespec.BYTES, 8));
        }
    }

    private long read100ns(MemorySegment timespec) {
        int number = clock;
        if (number == 0 || LibC.clockGettime(number, timespec) != 0) {
            return endedAt100ns;
        }
        return timespec.get(ValueLayout.JAVA_LONG, Timespec.TV_SEC) * 10_000_000
                + timespec.get(ValueLayout.JAVA_LONG, Timespec.TV_NSEC) / 100;
    }
}
