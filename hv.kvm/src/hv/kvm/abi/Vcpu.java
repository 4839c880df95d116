package hv.kvm.abi;

import hv.api.GuestFault;
import hv.api.machine.BootState;
import hv.api.machine.Register;
import hv.kvm.error.KvmException;
import hv.kvm.layout.KvmDeviceAttr;
import hv.kvm.layout.KvmMpState;
import hv.kvm.layout.KvmMsrEntry;
import hv.kvm.layout.KvmMsrs;
import hv.kvm.layout.KvmRegs;
import hv.kvm.layout.KvmVcpuEvents;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * One virtual CPU of the KVM API: its file, its run page, and access to its registers while it is out of the guest.
 * Used on its thread, or on another while that thread is parked.
 */
public final class Vcpu {
    private static final long RUN = Ioctl.KVM_RUN.number;
    /** More than one instruction can have: a string of port accesses comes in pages. */
    private static final int MOST_OPEN_EXITS = 64;

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
    public static Vcpu create(Handle vm, int index, int runPageBytes, Arena arena) {
        Handle handle = new Handle(vm.call(Ioctl.KVM_CREATE_VCPU, index), "vCPU " + index);
        try {
            RunPage run = new RunPage(Mapping.of(handle, runPageBytes, arena));
            return new Vcpu(handle, index, run, arena.allocate(LibC.CAPTURE));
        } catch (Throwable e) {
            handle.close();
            throw e;
        }
    }

    public Handle handle() {
        return handle;
    }

    public int index() {
        return index;
    }

    public RunPage runPage() {
        return run;
    }

    /**
     * Enters the guest until it exits.
     *
     * @return true: the run page says why; false: it was kicked, or has to be entered again
     */
    public boolean enter() {
        if (LibC.ioctl(capture, handle.fd(), RUN, 0) >= 0) {
            return true;
        }
        int errno = LibC.errno(capture);
        if (errno == Errno.EINTR || errno == Errno.EAGAIN) {
            return false;
        }
        throw Errno.refusal("ioctl(%s, KVM_RUN)".formatted(handle.what()), errno);
    }

    /** Has KVM finish what the last exit left open (an access whose result it waits for) without entering the guest. */
    void finishExit() {
        run.immediateExit(1);
        if (enter()) {
            throw new KvmException("%s entered the guest in spite of immediate_exit".formatted(handle.what()));
        }
    }

    /**
     * As {@link #finishExit} for a vCPU whose last exit nobody may have answered; what it asks for again is not
     * answered either. While its thread is parked.
     */
    public void abandonExit() {
        for (int i = 0; i < MOST_OPEN_EXITS; i++) {
            run.immediateExit(1);
            if (!enter()) {
                return;
            }
        }
        throw new KvmException("%s does not come to the end of an exit".formatted(handle.what()));
    }

    /** A request that fills {@code structure}; does not allocate. On the vCPU's thread. */
    public void fetch(Ioctl request, MemorySegment structure) {
        if (LibC.ioctl(capture, handle.fd(), request.number, structure.address()) < 0) {
            throw Errno.refusal("ioctl(%s, %s)".formatted(handle.what(), request), LibC.errno(capture));
        }
    }

    /** General registers, all of them. */
    public void registers(BootState boot) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment regs = arena.allocate(KvmRegs.BYTES, 8);
            regs.set(ValueLayout.JAVA_LONG, KvmRegs.offset(Register.RFLAGS), 2);
            boot.registers()
                    .forEach((register, value) -> regs.set(ValueLayout.JAVA_LONG, KvmRegs.offset(register), value));
            handle.call(Ioctl.KVM_SET_REGS, regs);
        }
    }

    /** Where it is in the guest. */
    public long rip() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment regs = arena.allocate(KvmRegs.BYTES, 8);
            handle.call(Ioctl.KVM_GET_REGS, regs);
            return regs.get(ValueLayout.JAVA_LONG, KvmRegs.offset(Register.RIP));
        }
    }

    /** Its state, one of those of {@link KvmMpState}. */
    public int mpState() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(KvmMpState.BYTES, 4);
            handle.call(Ioctl.KVM_GET_MP_STATE, state);
            return state.get(ValueLayout.JAVA_INT, KvmMpState.MP_STATE);
        }
    }

    /** Has it run when it is entered, be halted, or wait for INIT and SIPI; and returns whether KVM took that. */
    public boolean tryMpState(int value) {
        try (Arena arena = Arena.ofConfined()) {
            return handle.works(Ioctl.KVM_SET_MP_STATE, arena.allocateFrom(ValueLayout.JAVA_INT, value));
        }
    }

    /**
     * As {@link #tryMpState}.
     *
     * @throws KvmException if KVM refuses it
     */
    public void mpState(int value) {
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
    public void raise(GuestFault fault, int bytes) {
        finishExit();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment regs = arena.allocate(KvmRegs.BYTES, 8);
            handle.call(Ioctl.KVM_GET_REGS, regs);
            long rip = regs.get(ValueLayout.JAVA_LONG, KvmRegs.offset(Register.RIP));
            regs.set(ValueLayout.JAVA_LONG, KvmRegs.offset(Register.RIP), rip - bytes);
            handle.call(Ioctl.KVM_SET_REGS, regs);
            MemorySegment events = arena.allocate(KvmVcpuEvents.BYTES, 8);
            handle.call(Ioctl.KVM_GET_VCPU_EVENTS, events);
            events.set(ValueLayout.JAVA_BYTE, KvmVcpuEvents.EXCEPTION_INJECTED, (byte) 1);
            events.set(ValueLayout.JAVA_BYTE, KvmVcpuEvents.EXCEPTION_NR, (byte) fault.vector());
            byte hasErrorCode = (byte) (fault.hasErrorCode() ? 1 : 0);
            events.set(ValueLayout.JAVA_BYTE, KvmVcpuEvents.EXCEPTION_HAS_ERROR_CODE, hasErrorCode);
            events.set(ValueLayout.JAVA_INT, KvmVcpuEvents.EXCEPTION_ERROR_CODE, 0);
            handle.call(Ioctl.KVM_SET_VCPU_EVENTS, events);
        }
    }

    /** The value of an MSR that KVM knows. */
    public long msr(int number) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment msrs = oneMsr(arena, number);
            if (handle.call(Ioctl.KVM_GET_MSRS, msrs) != 1) {
                throw new KvmException("ioctl(%s, KVM_GET_MSRS, 0x%x): KVM does not know this MSR: %s"
                        .formatted(handle.what(), number, Errno.advice(Errno.EINVAL)));
            }
            return msrs.get(ValueLayout.JAVA_LONG, KvmMsrs.entry(0) + KvmMsrEntry.DATA);
        }
    }

    /**
     * Sets an MSR that KVM knows.
     *
     * @throws KvmException if KVM refuses it
     */
    public void setMsr(int number, long value) {
        if (!trySetMsr(number, value)) {
            throw new KvmException("ioctl(%s, KVM_SET_MSRS, 0x%x = 0x%x): KVM refuses this MSR: %s"
                    .formatted(handle.what(), number, value, Errno.advice(Errno.EINVAL)));
        }
    }

    /** Sets an MSR, and returns whether KVM took it. */
    public boolean trySetMsr(int number, long value) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment msrs = oneMsr(arena, number);
            msrs.set(ValueLayout.JAVA_LONG, KvmMsrs.entry(0) + KvmMsrEntry.DATA, value);
            return handle.call(Ioctl.KVM_SET_MSRS, msrs) == 1;
        }
    }

    private static MemorySegment oneMsr(Arena arena, int number) {
        MemorySegment msrs = arena.allocate(KvmMsrs.entry(1), 8);
        msrs.set(ValueLayout.JAVA_INT, KvmMsrs.NMSRS, 1);
        msrs.set(ValueLayout.JAVA_INT, KvmMsrs.entry(0) + KvmMsrEntry.INDEX, number);
        return msrs;
    }

    /** In kHz. */
    public int tscFrequency() {
        return handle.call(Ioctl.KVM_GET_TSC_KHZ, 0);
    }

    public boolean hasTscOffset() {
        try (Arena arena = Arena.ofConfined()) {
            return handle.works(Ioctl.KVM_HAS_DEVICE_ATTR, tscOffsetAttribute(arena, arena.allocate(8, 8)));
        }
    }

    public long tscOffset() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment value = arena.allocate(8, 8);
            handle.call(Ioctl.KVM_GET_DEVICE_ATTR, tscOffsetAttribute(arena, value));
            return value.get(ValueLayout.JAVA_LONG, 0);
        }
    }

    public void tscOffset(long offset) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment value = arena.allocate(8, 8);
            value.set(ValueLayout.JAVA_LONG, 0, offset);
            handle.call(Ioctl.KVM_SET_DEVICE_ATTR, tscOffsetAttribute(arena, value));
        }
    }

    /** KVM_VCPU_TSC_OFFSET (0) of group KVM_VCPU_TSC_CTRL (0). */
    private static MemorySegment tscOffsetAttribute(Arena arena, MemorySegment value) {
        MemorySegment attribute = arena.allocate(KvmDeviceAttr.BYTES, 8);
        attribute.set(ValueLayout.JAVA_LONG, KvmDeviceAttr.ADDR, value.address());
        return attribute;
    }
}
