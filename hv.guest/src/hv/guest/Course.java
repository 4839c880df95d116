package hv.guest;

/** Where a part goes on: jumps, calls and returns, and that it comes to an end. On the thread of its VP. */
final class Course {
    private final CpuState cpu;
    private final HostedPlatform platform;

    Course(CpuState cpu, HostedPlatform platform) {
        this.cpu = cpu;
        this.platform = platform;
    }

    /** Goes to a place; backwards only while there is time left, so that no loop is without end. */
    void goTo(int target) throws PartFailure {
        if (target < cpu.place) {
            checkLimit();
            platform.checkTimePasses();
        }
        cpu.place = target;
    }

    void checkLimit() throws PartFailure {
        if (platform.clock100ns() > cpu.deadline100ns) {
            throw new PartFailure("took longer than it may");
        }
    }

    void call(int target) throws PartFailure {
        if (cpu.depth == CpuState.CALLS_MAX) {
            throw new PartFailure("more than 16 calls deep");
        }
        cpu.returns[cpu.depth++] = cpu.place;
        goTo(target);
    }

    void comeBack() throws PartFailure {
        if (cpu.depth == 0) {
            throw new PartFailure("return without call");
        }
        cpu.place = cpu.returns[--cpu.depth];
    }
}
