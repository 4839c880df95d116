package hv.kvm;

import hv.api.GuestFault;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * One virtual CPU of the KVM API: its file, its run page, and access to its registers while it is out of the guest.
 * Used on its thread, or on another while that thread is parked.
 */
final class Vcpu {
    private static final long RUN = Ioctl.KVM_RUN.number;
    private static final int EVENTS_BYTES = 64;
    /** More than one instruction can have: a string of port accesses comes in pages. */
    private static final int MOST_OPEN_EXITS = 64;

    private static final int TSC_OFFSET_ATTRIBUTE_BYTES = 24;

    private final Handle handle;
    private final int index;
    private final RunPage run;
    private final MemorySegment capture;

    private Vcpu(Handle handle, int index, RunPage run, MemorySegment capture) {
        this.handle = handle;
        this.index = index;
        this.run = run;
        this.capture = capture;
    }

    /** Creates the vCPU with index and APIC id {@code index}; its memory lives as long as {@code arena}. */
    static Vcpu create(Handle vm, int index, int runPageBytes, Arena arena) {
        Handle handle = new Handle(vm.call(Ioctl.KVM_CREATE_VCPU, index), "vCPU " + index);
        try {
            RunPage run = new RunPage(Mapping.of(handle, runPageBytes, arena));
            return new Vcpu(handle, index, run, arena.allocate(LibC.CAPTURE));
        } catch (Throwable e) {
            handle.close();
            throw e;
        }
    }

    Handle handle() {
        return handle;
    }

    int index() {
        return index;
    }

    RunPage runPage() {
        return run;
    }

    /**
     * Enters the guest until it exits.
     *
     * @return true: the run page says why; false: it was kicked, or has to be entered again
     */
    boolean enter() {
        if (LibC.ioctl(capture, handle.fd(), RUN, 0) >= 0) {
            return true;
        }
        int errno = LibC.errno(capture);
        if (errno == Errno.EINTR || errno == Errno.EAGAIN) {
            return false;
        }
        throw KvmException.of("ioctl(%s, KVM_RUN)".formatted(handle.what()), errno);
    }

    /** Has KVM finish what the last exit left open (an access whose result it waits for) without entering the guest. */
    void finishExit() {
        run.immediateExit(1);
        if (enter()) {
            throw new KvmException("%s entered the guest in spite of immediate_exit".formatted(handle.what()));
        }
    }

    /**
     * As {@link #finishExit} for a vCPU whose last exit nobody may have answered; what it asks for again is not answered
     * either. While its thread is parked.
     */
    void abandonExit() {
        for (int i = 0; i < MOST_OPEN_EXITS; i++) {
            run.immediateExit(1);
            if (!enter()) {
                return;
            }
        }
        throw new KvmException("%s does not come to the end of an exit".formatted(handle.what()));
    }

    /** A request that fills {@code structure}; does not allocate. On the vCPU's thread. */
    void fetch(Ioctl request, MemorySegment structure) {
        if (LibC.ioctl(capture, handle.fd(), request.number, structure.address()) < 0) {
            throw KvmException.of("ioctl(%s, %s)".formatted(handle.what(), request), LibC.errno(capture));
        }
    }

    /** General registers, all of them. */
    void registers(BootState boot) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment regs = arena.allocate(Register.BYTES, 8);
            regs.set(ValueLayout.JAVA_LONG, Register.RFLAGS.offset(), 2);
            boot.registers().forEach((register, value) -> regs.set(ValueLayout.JAVA_LONG, register.offset(), value));
            handle.call(Ioctl.KVM_SET_REGS, regs);
        }
    }

    /** Where it is in the guest. */
    long rip() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment regs = arena.allocate(Register.BYTES, 8);
            handle.call(Ioctl.KVM_GET_REGS, regs);
            return regs.get(ValueLayout.JAVA_LONG, Register.RIP.offset());
        }
    }

    /** Its KVM_MP_STATE, as {@link CpuState#mpState}. */
    int mpState() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(4, 4);
            handle.call(Ioctl.KVM_GET_MP_STATE, state);
            return state.get(ValueLayout.JAVA_INT, 0);
        }
    }

    /** Has it run when it is entered, be halted, or wait for INIT and SIPI; and returns whether KVM took that. */
    boolean tryMpState(int value) {
        try (Arena arena = Arena.ofConfined()) {
            return handle.works(Ioctl.KVM_SET_MP_STATE, arena.allocateFrom(ValueLayout.JAVA_INT, value));
        }
    }

    /**
     * As {@link #tryMpState}.
     *
     * @throws KvmException if KVM refuses it
     */
    void mpState(int value) {
        if (!tryMpState(value)) {
            throw new KvmException("ioctl(%s, KVM_SET_MP_STATE, %d): KVM refuses this state: %s"
                    .formatted(handle.what(), value, Errno.advice(Errno.EINVAL)));
        }
    }

    /**
     * Has the guest find {@code fault} at the instruction before the one it is at, {@code bytes} long.
     *
     * <p>At an OUT exit the kernel may or may not have moved RIP past the instruction already; once the exit is
     * finished it has.
     */
    void raise(GuestFault fault, int bytes) {
        finishExit();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment regs = arena.allocate(Register.BYTES, 8);
            handle.call(Ioctl.KVM_GET_REGS, regs);
            long rip = regs.get(ValueLayout.JAVA_LONG, Register.RIP.offset());
            regs.set(ValueLayout.JAVA_LONG, Register.RIP.offset(), rip - bytes);
            handle.call(Ioctl.KVM_SET_REGS, regs);
            MemorySegment events = arena.allocate(EVENTS_BYTES, 8);
            handle.call(Ioctl.KVM_GET_VCPU_EVENTS, events);
            events.set(ValueLayout.JAVA_BYTE, 0, (byte) 1); // exception.injected
            events.set(ValueLayout.JAVA_BYTE, 1, (byte) fault.vector()); // exception.nr
            events.set(ValueLayout.JAVA_BYTE, 2, (byte) (fault.hasErrorCode() ? 1 : 0)); // exception.has_error_code
            events.set(ValueLayout.JAVA_INT, 4, 0); // exception.error_code
            handle.call(Ioctl.KVM_SET_VCPU_EVENTS, events);
        }
    }

    /** The value of an MSR that KVM knows. */
    long msr(int number) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment msrs = arena.allocate(8 + 16, 8);
            msrs.set(ValueLayout.JAVA_INT, 0, 1);
            msrs.set(ValueLayout.JAVA_INT, 8, number);
            if (handle.call(Ioctl.KVM_GET_MSRS, msrs) != 1) {
                throw new KvmException("ioctl(%s, KVM_GET_MSRS, 0x%x): KVM does not know this MSR: %s"
                        .formatted(handle.what(), number, Errno.advice(Errno.EINVAL)));
            }
            return msrs.get(ValueLayout.JAVA_LONG, 16);
        }
    }

    /**
     * Sets an MSR that KVM knows.
     *
     * @throws KvmException if KVM refuses it
     */
    void setMsr(int number, long value) {
        if (!trySetMsr(number, value)) {
            throw new KvmException("ioctl(%s, KVM_SET_MSRS, 0x%x = 0x%x): KVM refuses this MSR: %s"
                    .formatted(handle.what(), number, value, Errno.advice(Errno.EINVAL)));
        }
    }

    /** Sets an MSR, and returns whether KVM took it. */
    boolean trySetMsr(int number, long value) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment msrs = arena.allocate(8 + 16, 8);
            msrs.set(ValueLayout.JAVA_INT, 0, 1);
            msrs.set(ValueLayout.JAVA_INT, 8, number);
            msrs.set(ValueLayout.JAVA_LONG, 16, value);
            return handle.call(Ioctl.KVM_SET_MSRS, msrs) == 1;
        }
    }

    /** In kHz. */
    int tscFrequency() {
        return handle.call(Ioctl.KVM_GET_TSC_KHZ, 0);
    }

    boolean hasTscOffset() {
        try (Arena arena = Arena.ofConfined()) {
            return handle.works(Ioctl.KVM_HAS_DEVICE_ATTR, tscOffsetAttribute(arena, arena.allocate(8, 8)));
        }
    }

    long tscOffset() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment value = arena.allocate(8, 8);
            handle.call(Ioctl.KVM_GET_DEVICE_ATTR, tscOffsetAttribute(arena, value));
            return value.get(ValueLayout.JAVA_LONG, 0);
        }
    }

    void tscOffset(long offset) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment value = arena.allocate(8, 8);
            value.set(ValueLayout.JAVA_LONG, 0, offset);
            handle.call(Ioctl.KVM_SET_DEVICE_ATTR, tscOffsetAttribute(arena, value));
        }
    }

    /** KVM_VCPU_TSC_OFFSET (0) of group KVM_VCPU_TSC_CTRL (0). */
    private static MemorySegment tscOffsetAttribute(Arena arena, MemorySegment value) {
        MemorySegment attribute = arena.allocate(TSC_OFFSET_ATTRIBUTE_BYTES, 8);
        attribute.set(ValueLayout.JAVA_LONG, 16, value.address());
        return attribute;
    }
}
