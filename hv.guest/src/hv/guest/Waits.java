package hv.guest;

/**
 * What instructions wait for. Each method is called again and again until it says that the wait is over; what was there
 * when it began is kept in {@link CpuState#waiting}, so that a VP can be saved meanwhile. On the thread of its VP.
 */
final class Waits {
    private static final long BARRIER_LIMIT_100NS = 200_000_000;

    private final CpuState cpu;
    private final Course course;
    private final HostedPlatform platform;
    private final Runnable interrupts;

    /** The waits of a VP that takes its interrupts by {@code interrupts}. */
    Waits(CpuState cpu, Course course, HostedPlatform platform, Runnable interrupts) {
        this.cpu = cpu;
        this.course = course;
        this.platform = platform;
        this.interrupts = interrupts;
    }

    private void until(long limit100ns, long since) {
        if (cpu.waiting == null) {
            cpu.waiting = new CpuState.Waiting(platform.clock100ns() + limit100ns, since);
        }
        interrupts.run();
    }

    private boolean isOver() {
        return Long.compareUnsigned(platform.clock100ns(), cpu.waiting.until100ns()) >= 0;
    }

    /** Until a vector has come {@code count} times, or the time is over. */
    boolean forVector(InterruptCounts taken, long vector, long count, long limit100ns) throws PartFailure {
        until(limit100ns, 0);
        if (Long.compareUnsigned(taken.of(vector), count) < 0 && !isOver()) {
            course.checkLimit();
            return false;
        }
        return true;
    }

    /** Until another interrupt has come, or the time is over. */
    boolean forAny(InterruptCounts taken, long limit100ns) throws PartFailure {
        until(limit100ns, taken.all());
        if (taken.all() != cpu.waiting.since() || isOver()) {
            return true;
        }
        course.checkLimit();
        return false;
    }

    /** Until all VPs of the run have come to the barrier. */
    boolean forOthers(HostedRun run, int vp) throws PartFailure {
        if (cpu.waiting == null) {
            cpu.waiting = new CpuState.Waiting(platform.clock100ns() + BARRIER_LIMIT_100NS, run.arrive(vp));
        }
        if (run.haveArrived(cpu.waiting.since())) {
            return true;
        }
        if (isOver()) {
            throw new PartFailure("not all VPs came to the barrier within 20 s");
        }
        course.checkLimit();
        return false;
    }
}
