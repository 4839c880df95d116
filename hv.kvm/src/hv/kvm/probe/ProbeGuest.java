package hv.kvm.probe;

import hv.api.CpuidTable;
import hv.api.machine.BootState;
import hv.api.machine.Register;
import hv.kvm.abi.Handle;
import hv.kvm.abi.Ioctl;
import hv.kvm.abi.Mapping;
import hv.kvm.abi.MemorySlots;
import hv.kvm.abi.RunPage;
import hv.kvm.abi.SystemRegisters;
import hv.kvm.abi.Vcpu;
import hv.kvm.cpuid.CpuidEntry;
import hv.kvm.cpuid.GuestCpuid;
import hv.kvm.error.KvmException;
import hv.kvm.interrupt.ApicState;
import hv.kvm.interrupt.MsiTable;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.OptionalInt;

/**
 * A guest of a few 16-bit instructions on a VM of its own, to find out what this host's KVM really does where its word
 * is not enough. Takes some milliseconds. One thread; every request that KVM refuses is a {@link KvmException}.
 */
final class ProbeGuest implements AutoCloseable {
    /** Where it starts, with the stack below and the vector table at 0. */
    static final int CODE = 0x1000;

    private static final long MEMORY_BYTES = 0x4000;
    private static final long IF = 0x200;
    /** An entry may come back for reasons that are not the guest's; none does so again and again. */
    private static final int MOST_ENTRIES = 16;

    private final Arena arena = Arena.ofConfined();
    private final Handle vm;
    private final Vcpu vcpu;
    private final MemorySegment memory;

    /**
     * @param device the opened KVM device
     * @param supported its CPUID leaves
     */
    ProbeGuest(Handle device, List<CpuidEntry> supported) {
        vm = new Handle(device.call(Ioctl.KVM_CREATE_VM, 0), "VM of a probe");
        try {
            memory = Mapping.anonymous(MEMORY_BYTES, arena);
            MemorySlots.reserve(vm);
            vm.call(Ioctl.KVM_CREATE_IRQCHIP, 0);
            MemorySlots.give(vm, 0, 0, memory);
            vcpu = Vcpu.create(vm, 0, device.call(Ioctl.KVM_GET_VCPU_MMAP_SIZE, 0), arena);
        } catch (Throwable e) {
            vm.close();
            arena.close();
            throw e;
        }
        try {
            CpuidEntry.give(GuestCpuid.of(supported, CpuidTable.EMPTY, 0, 1, false, false), vcpu.handle());
        } catch (Throwable e) {
            close();
            throw e;
        }
    }

    Vcpu vcpu() {
        return vcpu;
    }

    void load(int gpa, byte... code) {
        MemorySegment.copy(code, 0, memory, ValueLayout.JAVA_BYTE, gpa, code.length);
    }

    /** Has it start at {@link #CODE} with interrupts enabled, and {@code vector} lead to {@code handler}. */
    void start(int vector, int handler) {
        memory.set(ValueLayout.JAVA_INT, 4L * vector, handler);
        BootState boot = BootState.real(0, CODE).with(Register.RSP, CODE).with(Register.RFLAGS, IF | 2);
        SystemRegisters system = new SystemRegisters(arena);
        system.fetch(vcpu);
        system.enter(boot);
        system.store(vcpu);
        vcpu.registers(boot);
        new ApicState(vcpu, arena).enable();
    }

    /** Requests {@code vector}. */
    void interrupt(int vector) {
        new MsiTable(vm, 1, arena).send(0, vector);
    }

    /** Runs it to its first exit, and returns what it wrote to {@code port} if that is an OUT to it. */
    OptionalInt runTo(int port) {
        RunPage run = vcpu.runPage();
        for (int i = 0; i < MOST_ENTRIES; i++) {
            if (vcpu.enter()) {
                boolean told = run.exitReason() == RunPage.KVM_EXIT_IO && run.ioIsOut() && run.ioPort() == port;
                return told ? OptionalInt.of(run.ioData(0)) : OptionalInt.empty();
            }
        }
        return OptionalInt.empty();
    }

    @Override
    public void close() {
        vcpu.handle().close();
        vm.close();
        arena.close();
    }
}
